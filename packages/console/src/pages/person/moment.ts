import type { Identifier, Identity, Link } from './queries.ts';

/** A person as of a moment, as far as it has been read. */
export interface Moment {
  /** All but its lists, which hold a page only. */
  readonly identity: Identity;
  readonly identifiers: readonly Identifier[];
  /** Active links among them, ascending by seq. */
  readonly links: readonly Link[];
}

/** Of at least one page. */
export const momentOf = (pages: readonly Identity[]): Moment => ({
  identity: pages[0]!,
  identifiers: pages.flatMap(({ identifiers }) => identifiers),
  links: pages.flatMap(({ links }) => links),
});

/** The id that was never linked, identified or given traits: it has no time of its own. */
export const isBare = ({ identity, links }: Moment): boolean => identity.created_at === null && links.length === 0;
