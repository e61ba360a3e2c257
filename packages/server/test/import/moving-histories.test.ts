import { defaultSettings, type Fact, type Link, pairKey, type Settings } from '@onym/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fullOptions,
  type History,
  type HistoryOptions,
  histories,
  resolveStep,
  smallSettings,
  universe,
} from '../../../core/src/testing/index.ts';
import { createMemoryStore } from '../../src/identity/memory-store.ts';
import type { IdentityStore } from '../../src/identity/store.ts';
import type { RowContext } from '../../src/import/calls.ts';
import { createTableReader } from '../../src/import/tables/reader.ts';
import { liveTarget } from '../../src/import/target.ts';
import type { Cells } from '../../src/import/types.ts';
import { projectionOf } from '../../src/projector/projection.ts';

/** Random histories, moved by way of the tables of people. What the tables look like as files is for the tests over HTTP. */

const environment = 'e';
const tables = ['links', 'identities', 'identifiers', 'separations'] as const;
type Table = (typeof tables)[number];

async function played(settings: Settings, history: History): Promise<IdentityStore> {
  const store = createMemoryStore();
  await store.prepare(environment, settings, 0);
  for (const step of history) {
    const facts: Fact[] = await store.ledger(environment, 0, 10_000);
    const { links } = await store.changes(environment, 0, 10_000);
    const rows = facts.map(({ seq, time, source }) => ({ seq, time, operation: { source } }));
    const operation = resolveStep(step, { links: () => links, rows: () => rows });
    await store.commit(environment, [operation], step.now);
  }
  return store;
}

const iso = (time: number) => new Date(time).toISOString();

/** As an export in NDJSON has them. */
async function exported(store: IdentityStore): Promise<Record<Table, Cells[]>> {
  const changes = await store.changes(environment, 0, 10_000);
  const { links, identities, identifiers, separations } = projectionOf(environment, changes);
  const identified = new Map(identifiers.map((row) => [row.distinct_id, row.identified_seq || null]));
  return {
    links: links
      .map((row) => ({
        ...row,
        time: iso(row.time),
        effective_time: iso(row.effective_time),
        primary_identified: identified.get(row.primary_id),
        secondary_identified: identified.get(row.secondary_id),
      }))
      .sort((a, b) => a.seq - b.seq),
    identities: identities
      .filter(({ deleted }) => !deleted)
      .map((row) => ({ ...row, created_at: iso(row.created_at) })),
    identifiers: identifiers
      .filter(({ first_seen }) => first_seen !== null)
      .map((row) => ({ ...row, first_seen: iso(row.first_seen!), identified: row.identified_seq > 0 })),
    separations: separations.filter(({ lifted }) => !lifted).map((row) => ({ ...row })),
  };
}

const later = 2_000_000_000_000;

async function imported(files: Record<Table, Cells[]>, settings: Settings, order: readonly Table[]) {
  const store = createMemoryStore();
  await store.prepare(environment, settings, 0);
  const commits = {
    submit: (_: string, asked: Parameters<IdentityStore['commit']>[1]) => store.commit(environment, asked, later),
  };
  for (const kind of order) {
    const target = liveTarget({ environment, identityStore: store }, { commits, ingest: null as never });
    const context: RowContext = {
      environment,
      settings,
      batch: kind,
      source: { key: 'local', lib: 'onym-import', batch: kind, public: false },
      now: later,
      key: 'local',
      public: false,
      small: false,
      namesByContent: false,
      newUuid: () => '',
    };
    const isEmpty = (await store.ledger(environment, 0, 10)).every(({ op }) => op === 'settings');
    const reader = createTableReader(kind, context, { guarded: !isEmpty });
    for (const cells of files[kind]) {
      const item = reader.read(cells);
      if (!('skipped' in item)) await target.apply([item as never]);
    }
    for (const item of reader.rest()) await target.apply([item]);
  }
  return store;
}

const byKey = (a: { key: string; distinctId: string }, b: { key: string; distinctId: string }) =>
  `${a.key} ${a.distinctId}` < `${b.key} ${b.distinctId}` ? -1 : 1;

/** All that is to be the same. */
async function people(store: IdentityStore) {
  const { identities, separations } = await store.changes(environment, 0, 10_000);
  return {
    identities: identities
      .map(({ canonicalId, known, identifiers, knownIdentifiers, traits, origins, otherTraits }) => ({
        canonicalId,
        known,
        identifiers,
        knownIdentifiers,
        traits,
        origins: Object.entries(origins)
          .map(([key, { seq: _, ...origin }]) => ({ key, ...origin }))
          .sort(byKey),
        otherTraits: otherTraits.map(({ seq: _, ...trait }) => trait).sort(byKey),
      }))
      .sort((a, b) => (a.canonicalId < b.canonicalId ? -1 : 1)),
    separations: separations
      .filter(({ liftedSeq }) => liftedSeq === null)
      .map(({ pair }) => pair.join(' | '))
      .sort(),
  };
}

const runs = { numRuns: Number(process.env.ONYM_STORE_RUNS ?? 300) };

/** Under settings that stay: others of here judge anew. */
const options: HistoryOptions = { ...fullOptions, weights: { ...fullOptions.weights, settings: 0 } };
const settings = fc.constantFrom(...smallSettings.filter(({ publicKeyMerges }) => publicKeyMerges === 'hold'));

/**
 * A page's alias for an id that nothing has spoken of takes the name of the other side, and one for an id with traits does not: links are
 * read before traits, so those files do not tell the two apart (docs/operating.md says so).
 */
async function tellsStrangers(source: IdentityStore): Promise<boolean> {
  const facts = await source.ledger(environment, 0, 10_000);
  const { links } = await source.changes(environment, 0, 10_000);
  return links.every(
    (link) =>
      link.rule !== 'alias' ||
      !link.source.public ||
      facts.every(({ seq, ...fact }) => {
        if (seq >= link.seq) return true;
        const hadTraits = fact.op === 'identify' && fact.identified === null && fact.subject === link.primary;
        const named =
          'link' in fact && fact.link !== null && typeof fact.link === 'object'
            ? [fact.link.primary, fact.link.secondary]
            : [];
        const isLeftOut = !links.some((each) => each.seq === seq && each.status === 'active');
        return !hadTraits && !(isLeftOut && named.includes(link.primary));
      }),
  );
}

test('links first: the same people under the same names, with the same traits, and the same who must not be one', async () => {
  await fc.assert(
    fc.asyncProperty(settings, histories(options), async (chosen, history) => {
      const source = await played(chosen, history);
      fc.pre(await tellsStrangers(source));
      const files = await exported(source);
      expect(await people(await imported(files, chosen, tables))).toEqual(await people(source));
    }),
    runs,
  );
});

/** Separations come after all links here: what they would have judged among them, they no longer do. */
const unseparated: HistoryOptions = {
  ...options,
  weights: { identify: 12, alias: 12, track: 6, link: 2, approve: 3 },
};

test('a link that is split leaves there and here the same, for the evidence has moved with its rules', async () => {
  await fc.assert(
    fc.asyncProperty(settings, histories(unseparated), fc.nat(), async (chosen, history, pick) => {
      const source = await played(chosen, history);
      fc.pre(await tellsStrangers(source));
      const here = await imported(await exported(source), chosen, tables);
      const standing = async (store: IdentityStore) =>
        (await store.changes(environment, 0, 10_000)).links.filter(({ status }) => status === 'active');
      const links = await standing(source);
      const picked = links[pick % links.length];
      if (picked === undefined) return;
      const isPicked = (link: Link) =>
        pairKey(link.primary, link.secondary) === pairKey(picked.primary, picked.secondary);
      for (const store of [source, here]) {
        const link = (await standing(store)).find(isPicked)!.seq;
        const asked = { timestamp: null, source: { key: 'sk', lib: null, batch: null, public: false } };
        await store.commit(environment, [{ op: 'split', target: { link }, ...asked }], later);
      }
      expect(await people(here)).toEqual(await people(source));
    }),
    runs,
  );
});

/** Ids of no form, and room for all: what the order of the files can change there is told in docs/operating.md. */
const plainOptions: HistoryOptions = {
  ...options,
  weights: { ...options.weights, link: 0 },
  ids: [...universe.users, ...universe.typed, ...universe.plain],
};

test('in any order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constant(defaultSettings),
      histories(plainOptions),
      fc.shuffledSubarray(['links', 'identities', 'identifiers'] as const, { minLength: 3 }),
      async (chosen, history, order) => {
        const source = await played(chosen, history);
        fc.pre(await tellsStrangers(source));
        const files = await exported(source);
        expect(await people(await imported(files, chosen, [...order, 'separations'])), order.join()).toEqual(
          await people(source),
        );
      },
    ),
    runs,
  );
});
