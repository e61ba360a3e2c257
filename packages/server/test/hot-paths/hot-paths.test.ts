import { join } from 'node:path';
import { defaultSettings, type Operation } from '@onym/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCommits } from '../../src/identity/commits.ts';
import { createDecidedCalls } from '../../src/identity/decided-calls.ts';
import { openSqliteStore } from '../../src/identity/sqlite/store.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { limits } from '../../src/limits.ts';
import { alias } from '../identity/operations.ts';
import { temporaryDirectory } from '../journal/directories.ts';
import { eventOf } from '../journal/fakes.ts';
import { startServer } from '../people/support.ts';
import { counted } from './counting.ts';

/**
 * What the hot paths ask of SQLite and of the disk, in counts, which say the same on every machine. A change that asks for more fails here and
 * has to say why; one that asks for less lowers the bound.
 */

const environment = 'production';
const thousand = 1_000;
const aliases = Array.from({ length: thousand }, (_, n) => alias(`user_${n}`, `stripe:cus_${n}`));

/** Two identifiers, an identity, a link and a row of the ledger. */
const rowsOfPair = 5;
/** The environment's head, and who sent it, the first time. */
const rowsOfCommit = 2;
/** Which rows of the ledger are its, for one revert to take back. */
const rowsOfBatch = 1;
const readsOfChunkMax = 40;
/** However many calls it holds: the environment's row, its settings, and who they are all about. */
const lookUpsOfCommit = 4;
/** The environment's row; the rest was left in memory by the commits before. */
const lookUpsOfLaterCommit = 1;
/** The component that moves, the identity that it joins, the link, the row of the ledger, and the environment's head. */
const rowsOfJoin = 5;

/** The environment's row, and who they all are. */
const readsOfResolve = 2;
/** However many rows have changed: the environment's row, how far to go, and each kind of row. */
const readsOfChanges = 10;

async function openDoor() {
  const store = openSqliteStore(join(temporaryDirectory(), 'identity.db'));
  onTestFinished(() => store.close());
  await store.prepare(environment, defaultSettings, Date.now());
  const commits = createCommits({ identityStore: store, decidedCalls: createDecidedCalls(), now: Date.now });
  return {
    store,
    submit: (operations: readonly Operation[]) => commits.submit(environment, operations),
    /** As single calls that arrive together. */
    submitEach: (operations: readonly Operation[]) =>
      Promise.all(operations.map((operation) => commits.submit(environment, [operation]))),
  };
}

describe('who is who', () => {
  test('a call that changes nothing asks the store nothing', async () => {
    const { submit, submitEach } = await openDoor();
    await submit(aliases);
    // What a call that changed something is when it comes again is judged once; from then on it is remembered.
    const judged = await counted(() => submit(aliases));
    expect(judged.all).toEqual({ statements: lookUpsOfLaterCommit, rows: 0, transactions: 1 });
    const array = await counted(() => submit(aliases));
    const singles = await counted(() => submitEach(aliases));
    expect(array.result.answers.every((answer) => 'verdict' in answer && answer.verdict === 'unchanged')).toBe(true);
    expect(array.all).toEqual({ statements: 0, rows: 0, transactions: 0 });
    expect(singles.all).toEqual({ statements: 0, rows: 0, transactions: 0 });
  });

  test('an array of a thousand new pairs is one transaction and five rows a pair, a statement each', async () => {
    const { submit } = await openDoor();
    const { result, all } = await counted(() => submit(aliases));
    expect(result.facts).toHaveLength(thousand);
    expect(all.transactions).toBe(1);
    expect(all.rows).toBeLessThanOrEqual(rowsOfPair * thousand + rowsOfCommit);
    expect(all.statements).toBeLessThanOrEqual(rowsOfPair * thousand + rowsOfCommit + lookUpsOfCommit);
  });

  test('a thousand single calls that wait together are as few transactions', async () => {
    const { submitEach } = await openDoor();
    const { all } = await counted(() => submitEach(aliases));
    expect(all.transactions).toBeLessThanOrEqual(thousand / limits.operationsPerCommitMax + 1);
  });

  test('a join is as many statements and rows whatever the size of the identities', async () => {
    const { submit } = await openDoor();
    for (const size of [2, 50, 800]) {
      const group = (name: string, members: number) =>
        submit(Array.from({ length: members - 1 }, (_, n) => alias(`${name}:${size}:0`, `${name}:${size}:${n + 1}`)));
      // Together no more than the guard rail lets through.
      await group('a', size);
      await group('b', Math.min(size, limits.pageSizeDefault));
      const { result, all } = await counted(() => submit([alias(`a:${size}:0`, `b:${size}:0`)]));
      expect(result.answers).toMatchObject([{ verdict: 'applied' }]);
      expect(all).toEqual({ statements: rowsOfJoin + lookUpsOfLaterCommit, rows: rowsOfJoin, transactions: 1 });
    }
  });
});

describe('reading who is who', () => {
  test('ten thousand ids are resolved in as many statements as one', async () => {
    const { store, submit } = await openDoor();
    await submit(aliases);
    const ids = Array.from({ length: limits.resolveIdsMax }, (_, n) => `stripe:cus_${n}`);
    for (const asked of [ids.slice(0, 1), ids]) {
      const { result, all } = await counted(() => store.resolve(environment, asked));
      expect(result.resolved.get('stripe:cus_0')).toEqual({ canonicalId: 'user_0', known: true });
      expect(result.resolved.size).toBe(asked.length);
      expect(all).toEqual({ statements: readsOfResolve, rows: 0, transactions: 0 });
      const known = await counted(() => store.known(environment, asked));
      expect(known.result.size).toBe(Math.min(asked.length, thousand));
      expect(known.all.statements).toBe(readsOfResolve);
    }
  });

  test('what a thousand pairs changed is read in as many statements as what one did', async () => {
    const { store, submit } = await openDoor();
    const { facts } = await submit(aliases.slice(0, 1));
    const one = await counted(() => store.changes(environment, 0, thousand));
    await submit(aliases.slice(1));
    const many = await counted(() => store.changes(environment, facts[0]!.seq, thousand));
    expect(many.result.links).toHaveLength(thousand - 1);
    for (const { all } of [one, many]) expect(all).toEqual({ statements: readsOfChanges, rows: 0, transactions: 0 });
  });
});

describe('events', () => {
  function openOne() {
    const journal = openJournal({ directory: temporaryDirectory() });
    onTestFinished(() => journal.close());
    return journal;
  }

  test('those that arrive together are one row, one transaction and one wait for the disk', async () => {
    const journal = openOne();
    const one = await counted(() => journal.append(environment, [eventOf(0)]));
    const array = await counted(() =>
      journal.append(
        environment,
        Array.from({ length: thousand }, (_, n) => eventOf(n)),
      ),
    );
    const singles = await counted(() =>
      Promise.all(Array.from({ length: 300 }, (_, n) => journal.append(environment, [eventOf(n)]))),
    );
    for (const { all, syncs } of [one, array, singles]) {
      expect(all).toEqual({ statements: 1, rows: 1, transactions: 1 });
      expect(syncs).toBe(1);
    }
  });
});

test('an import is two transactions a chunk, what it applies and how far it came, and one more at its beginning and at its end', async () => {
  const server = await startServer(temporaryDirectory());
  onTestFinished(() => server.stop());
  const chunks = 4;
  const pairs = chunks * limits.importChunkRows;
  const text = ['id,other_id', ...Array.from({ length: pairs }, (_, n) => `user_${n},crm:${n}`)].join('\n');
  const { result, files } = await counted(() =>
    server.app.inject({
      method: 'POST',
      url: '/v1/import?kind=alias&primary=id&secondary=other_id&batch=pairs',
      headers: {
        authorization: `Bearer ${server.localSecret}`,
        'content-type': 'text/csv',
        accept: 'application/json',
      },
      payload: text,
    }),
  );
  expect(result.json()).toMatchObject({ ok: true, counts: { applied: pairs } });
  const { rows, statements, transactions } = files['identity.db']!;
  expect(transactions).toBe(chunks);
  expect(rows).toBeLessThanOrEqual(rowsOfPair * pairs + chunks * (rowsOfCommit + rowsOfBatch));
  // The projector reads what has changed at the same time, in a few statements.
  expect(statements).toBeLessThanOrEqual(rowsOfPair * pairs + chunks * readsOfChunkMax);
  expect(files['imports.db']!.transactions).toBe(chunks + 2);
});
