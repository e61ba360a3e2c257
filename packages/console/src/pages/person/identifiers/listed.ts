import type { Moment } from '../moment.ts';
import type { Separation } from '../standing.ts';
import type { ShownLink } from '../why/as-link.ts';

/** An identifier as the list has it. */
export interface ListedIdentifier {
  readonly id: string;
  readonly known: boolean;
  readonly canonical: boolean;
  /** ISO 8601; null for one that nothing names. */
  readonly firstSeen: string | null;
  /** How many active links name it. */
  readonly links: number;
}

/** What the graph has as an edge, as the list of links has it. */
export type ListedLink = { readonly link: ShownLink } | { readonly separation: Separation };

export function listed({ identity, identifiers, links }: Moment): ListedIdentifier[] {
  const counts = new Map<string, number>();
  for (const { primary_id, secondary_id } of links)
    for (const id of [primary_id, secondary_id]) counts.set(id, (counts.get(id) ?? 0) + 1);
  return identifiers.map(({ distinct_id, known, first_seen }) => ({
    id: distinct_id,
    known,
    canonical: distinct_id === identity.canonical_id,
    firstSeen: first_seen,
    links: counts.get(distinct_id) ?? 0,
  }));
}

/** `-links` is links, descending. */
export const sortingOf = (sort: string | undefined): { id: string; desc: boolean }[] =>
  sort === undefined ? [] : [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }];

export const sortOf = ([first]: readonly { id: string; desc: boolean }[]): string | undefined =>
  first === undefined ? undefined : `${first.desc ? '-' : ''}${first.id}`;
