export const resultViews = ['table', 'line', 'bar'] as const;

/** How an answer is shown. */
export type ResultView = (typeof resultViews)[number];
