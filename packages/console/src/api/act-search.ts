/** An act that is previewed over a page, as the page's search parameters say it. */
export interface ActSearch {
  readonly act: string;
  readonly batch?: string;
}

/** Search parameters with an act, beside those that the page has. */
export const actSearch = (act: ActSearch) => ((now: object) => ({ ...now, ...act })) as never;
