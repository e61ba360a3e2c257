import { expect } from 'vitest';
import { stringifyExact } from '../../src/exact-json/stringify.ts';
import type {
  IdentityStore,
  RecentIdentity,
  RecentPlace,
  SeparationPage,
  TraitMatch,
} from '../../src/identity/store.ts';

/** The lists of a store against the same lists of another, and against themselves in pages of any size. */

const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export async function expectSameLists(
  store: IdentityStore,
  reference: IdentityStore,
  ids: readonly string[],
): Promise<void> {
  for (const person of [null, ...ids.slice(0, 2)]) {
    const all = { after: null, limit: 10_000 };
    const separations = await store.separations('e', person, all);
    expect(separations).toEqual(await reference.separations('e', person, all));
    expect(await separationsInPages(store, person)).toEqual(separations);
  }
  const recent = await recentInPages(store, 3);
  expect(await recentInPages(store, 100)).toEqual(recent);
  // When one changed last is told by the commit that did it, which may be of several rows.
  const whatever = ({ changedSeq, changedAt, ...rest }: RecentIdentity) => JSON.stringify(rest);
  expect(recent.map(whatever).sort()).toEqual((await recentInPages(reference, 100)).map(whatever).sort());
  const seqs = recent.map(({ changedSeq }) => changedSeq);
  expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
  await store.match('e', ['plan', 'city', 'city']);
  await reference.match('e', ['plan', 'city']);
  for (const text of ['', 'a', 'b', 'r', '"']) {
    const [ours, expected] = await Promise.all([store, reference].map((each) => each.byTrait('e', text, 1_000)));
    const sorted = ({ matches }: { matches: TraitMatch[] }) => matches.map((each) => stringifyExact(each)).sort();
    expect(sorted(ours!)).toEqual(sorted(expected!));
  }
  for (const text of ['', 'user_', 'user_1', ...ids.slice(0, 2), '\u{10FFFF}']) {
    const from = await store.identifiersFrom('e', text, 3);
    const expected = [...ids].filter((id) => inBytes(id, text) >= 0).sort(inBytes);
    expect(from).toEqual(expected.slice(0, 3));
  }
}

async function separationsInPages(store: IdentityStore, person: string | null) {
  const all: Awaited<ReturnType<IdentityStore['separations']>> = [];
  for (;;) {
    const page: SeparationPage = { after: all.at(-1) ?? null, limit: 2 };
    const more = await store.separations('e', person, page);
    all.push(...more);
    if (more.length < page.limit) return all;
  }
}

async function recentInPages(store: IdentityStore, limit: number): Promise<RecentIdentity[]> {
  const all: RecentIdentity[] = [];
  let after: RecentPlace | null = null;
  do {
    const { identities, next }: Awaited<ReturnType<IdentityStore['recent']>> = await store.recent('e', {
      after,
      limit,
    });
    expect(identities.length).toBeLessThanOrEqual(limit);
    all.push(...identities);
    after = next;
  } while (after !== null);
  return all;
}
