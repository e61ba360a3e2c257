/** Why a person is among those found. */
export type Match =
  | { readonly by: 'identifier'; readonly distinctId: string; readonly how: 'exact' | 'prefix' | 'substring' }
  | { readonly by: 'trait'; readonly key: string; readonly value: string };

export interface FoundPerson {
  readonly identityId: string;
  readonly canonicalId: string;
  readonly known: boolean;
  readonly match: Match;
}

/** What a text may mean. */
export type Item =
  | { readonly type: 'id'; readonly key: string; readonly id: string }
  | { readonly type: 'person'; readonly key: string; readonly person: FoundPerson }
  | { readonly type: 'row'; readonly key: string; readonly seq: number }
  | { readonly type: 'batch'; readonly key: string; readonly batch: string };

/** `#12` and `12` name a ledger row; null for anything else. */
export function rowIn(text: string): number | null {
  const digits = /^#?([1-9]\d{0,14})$/.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** All that a text may mean, the likeliest first: the id that it is, the row or batch that it names, whom else it finds, and itself. */
export function itemsOf(text: string, people: readonly FoundPerson[], batch: string | null): readonly Item[] {
  const seq = rowIn(text);
  const items = people.map((person): Item => ({ type: 'person', key: `person ${person.identityId}`, person }));
  const exact = items.filter(isExact);
  return [
    ...exact,
    ...(seq === null ? [] : [{ type: 'row', key: `row ${seq}`, seq } as const]),
    ...(batch === null ? [] : [{ type: 'batch', key: `batch ${batch}`, batch } as const]),
    ...items.filter((item) => !exact.includes(item)),
    ...(text === '' || exact.length > 0 ? [] : [{ type: 'id', key: 'id', id: text } as const]),
  ];
}

export const isExact = (item: Item): boolean =>
  item.type === 'person' && item.person.match.by === 'identifier' && item.person.match.how === 'exact';
