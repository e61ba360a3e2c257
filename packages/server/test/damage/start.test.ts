import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { mend } from '../../src/damage/mend.ts';
import { createServer, type Server } from '../../src/server.ts';
import { dataDirectory } from '../system/processes.ts';

/** What a start makes of a directory in which one file is damaged. Each case has a copy of one directory for itself. */

const secret = 'sk_damage_tests';
const base = dataDirectory();
let copies = 0;

const configOf = (directory: string) =>
  readConfig({ ONYM_DATA_DIR: directory, ONYM_ENVIRONMENTS: 'production', ONYM_INITIAL_SECRET_KEY: secret });

interface Started {
  readonly server: Server;
  /** What it logged as a warning or worse. */
  readonly log: { readonly level: number; readonly msg: string }[];
}

async function start(directory: string): Promise<Started> {
  const log: Started['log'] = [];
  const stream = { write: (line: string) => void log.push(JSON.parse(line)) };
  return { server: await createServer({ config: configOf(directory), logger: { level: 'warn', stream } }), log };
}

async function post({ app, localSecret }: Server, url: string, payload: object) {
  const headers = { authorization: `Bearer ${localSecret}` };
  return (await app.inject({ method: 'POST', url, headers, payload })).json();
}

async function seen(server: Server) {
  const { data } = await post(server, '/v1/query', {
    sql: 'SELECT event, distinct_id, identity_id FROM events ORDER BY 1',
  });
  const { identities } = await post(server, '/v1/resolve', { distinct_ids: ['anonymous-1', 'user_1', 'crm:1'] });
  const { data: identifiers } = await post(server, '/v1/query', {
    sql: 'SELECT * FROM identifiers ORDER BY distinct_id',
  });
  return { events: data as { event: string }[], identities, identifiers };
}

let whole: Awaited<ReturnType<typeof seen>>;

beforeAll(async () => {
  const { server } = await start(base);
  for (const year of [2024, 2025, 2026]) {
    const events = Array.from({ length: 30 }, (_, n) => ({
      event: `${year}-${n}`,
      distinct_id: n % 2 === 0 ? 'anonymous-1' : 'user_1',
      timestamp: `${year}-01-02T03:04:05Z`,
    }));
    await post(server, '/track', events);
  }
  await post(server, '/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } });
  await post(server, '/alias', { distinct_id: 'user_1', alias_id: 'crm:1' });
  await post(server, '/track', [{ event: 'odd' }]);
  whole = await seen(server);
  await server.stop();
}, 60_000);

function copy(): string {
  const directory = join(base, '..', `${base.split('/').at(-1)}-copy-${copies++}`);
  cpSync(base, directory, { recursive: true, verbatimSymlinks: true });
  return directory;
}

async function onCopy(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = copy();
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Kind = 'missing' | 'empty' | 'cut off' | 'spoilt' | 'spoilt within';
const kinds: readonly Kind[] = ['missing', 'empty', 'cut off', 'spoilt', 'spoilt within'];

function damage(file: string, kind: Kind): void {
  const { size } = statSync(file);
  if (kind === 'missing') rmSync(file);
  if (kind === 'empty') truncateSync(file, 0);
  if (kind === 'cut off') truncateSync(file, size >> 1);
  if (kind === 'spoilt') writeFileSync(file, 'nothing that anybody could read');
  if (kind === 'spoilt within') {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, 4_096, 8_192));
  }
}

const cases = (files: readonly string[]) => files.flatMap((file) => kinds.map((kind) => [file, kind] as const));

describe('what holds what no other file does: no start, and what to do', () => {
  test.each(cases(['identity.db', 'keys.db', 'journal/journal.sqlite']))('%s, %s', (file, kind) =>
    onCopy(async (directory) => {
      damage(join(directory, file), kind);
      const left = existsSync(join(directory, file)) ? readFileSync(join(directory, file)) : null;
      const message = await start(directory).then(
        () => 'started',
        (error) => String(error.message),
      );
      const remedy =
        file === 'identity.db' ? /onym restore/ : file === 'keys.db' ? /onym mend keys/ : /onym mend journal/;
      expect(message).toMatch(new RegExp(`cannot be used: ${file} is (missing|empty|cut off|damaged)`));
      expect(message).toMatch(remedy);
      // Nothing was written over it, and nothing begun beside it.
      expect(existsSync(join(directory, file)) ? readFileSync(join(directory, file)) : null).toEqual(left);
    }),
  );

  test.each<[string, (directory: string) => void, RegExp]>([
    ['the directory events', (at) => rmSync(join(at, 'events'), { recursive: true }), /events is missing/],
    ['its tables', (at) => rmSync(join(at, 'events/data/metadata'), { recursive: true }), /events is missing/],
    ['one table', (at) => rmSync(sqlOf(at)), /the event store in events can't be opened/],
    ['what one table is, empty', (at) => truncateSync(sqlOf(at), 0), /the event store in events can't be opened/],
    ['what one table is, spoilt', (at) => writeFileSync(sqlOf(at), 'x'), /the event store in events can't be opened/],
    ['a database', (at) => rmSync(join(at, 'events/data/metadata/onym_production_data.sql')), /none of the 90 events/],
    ['its store', (at) => rmSync(join(at, 'events/data/store'), { recursive: true }), /none of the 90 events/],
    ['lock.db', (at) => writeFileSync(join(at, 'lock.db'), 'nothing that anybody could read'), /remove lock.db/],
  ])('%s', (_, spoil, message) =>
    onCopy(async (directory) => {
      spoil(directory);
      const refused = start(directory);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toThrow('cannot be used');
    }),
  );
});

describe('what can be begun anew: put aside, said, and everything else as it was', () => {
  // A directory of an earlier version has no saved queries.
  const others = cases(['dead-letters.db', 'lint.db', 'saved-queries.db', 'imports.db']).filter(
    ([file, kind]) => file !== 'saved-queries.db' || kind !== 'missing',
  );

  test('saved-queries.db that is missing is made without a word', () =>
    onCopy(async (directory) => {
      rmSync(join(directory, 'saved-queries.db'));
      const { server, log } = await start(directory);
      try {
        expect(log).toEqual([]);
        expect(await seen(server)).toEqual(whole);
      } finally {
        await server.stop();
      }
    }));

  test.each(others)('%s, %s', (file, kind) =>
    onCopy(async (directory) => {
      damage(join(directory, file), kind);
      const { server, log } = await start(directory);
      try {
        expect(log.map(({ msg }) => msg)).toEqual([expect.stringMatching(new RegExp(`^${file} is .*begun anew`))]);
        const aside = readdirSync(directory).filter((name) => name.startsWith(`${file}.damaged-`));
        expect(aside).toHaveLength(kind === 'missing' ? 0 : 1);
        expect((await seen(server)).identities).toEqual(whole.identities);
      } finally {
        await server.stop();
      }
    }),
  );

  test.each([
    ['identity.db-wal', 1],
    ['journal/journal.sqlite-wal', 1],
    ['local-access.json', 0],
    ['events/config/users.xml', 0],
    ['events/config/config.xml', 0],
  ])('%s, spoilt', (file, notices) =>
    onCopy(async (directory) => {
      writeFileSync(join(directory, file), 'nothing that anybody could read');
      const { server, log } = await start(directory);
      try {
        expect(log).toHaveLength(notices);
        expect(await seen(server)).toEqual(whole);
      } finally {
        await server.stop();
      }
    }),
  );

  test('what queries see of identities', () =>
    onCopy(async (directory) => {
      for (const part of partsOf(directory, 'identifiers')) truncateSync(join(part, 'data.bin'), 5);
      for (const part of partsOf(directory, 'identities')) rmSync(join(part, 'columns.txt'));
      const { server, log } = await start(directory);
      expect(log.map(({ msg }) => msg)).toEqual([expect.stringContaining('made again from the ledger')]);
      expect(await seen(server)).toEqual(whole);
      await server.stop();
      const again = await start(directory);
      expect(again.log).toEqual([]);
      await again.server.stop();
    }));
});

describe('a part of the events', () => {
  test.each<[string, (part: string) => void, boolean]>([
    ['cut off', (part) => truncateSync(join(part, 'data.bin'), 50), true],
    ['empty', (part) => truncateSync(join(part, 'data.bin'), 0), true],
    ['without a file', (part) => rmSync(join(part, 'data.bin')), true],
    ['missing', (part) => rmSync(part, { recursive: true }), false],
  ])('%s: the start says so, and the other parts are there', (_, spoil, isAside) =>
    onCopy(async (directory) => {
      spoil(partsOf(directory, 'events')[0]!);
      const { server, log } = await start(directory);
      try {
        const messages = log.map(({ level, msg }) => [level, msg]);
        const missing = [50, expect.stringContaining('Events are missing')];
        const aside = [50, expect.stringContaining('damaged and were put aside')];
        expect(messages).toEqual(isAside ? [aside, missing] : [missing]);
        expect((await seen(server)).events).toHaveLength(60);
      } finally {
        await server.stop();
      }
    }),
  );
});

describe('onym mend', () => {
  test('keys: the next start makes new ones', () =>
    onCopy(async (directory) => {
      rmSync(join(directory, 'keys.db'));
      await mend(directory, 'keys', 0);
      const { server } = await start(directory);
      expect(server.newKeys.writeKey).toMatch(/^pk_/);
      expect(await seen(server)).toEqual(whole);
      await server.stop();
      await expect(mend(directory, 'keys', 0)).rejects.toThrow('Nothing is wrong');
    }));

  test.each<[string, (directory: string) => void, number]>([
    ['the definition of the table', (at) => rmSync(sqlOf(at)), 90],
    ['all definitions', (at) => rmSync(join(at, 'events/data/metadata'), { recursive: true }), 90],
    ['a part cut off', (at) => truncateSync(join(partsOf(at, 'events')[0]!, 'data.bin'), 50), 60],
    ['bytes within a part', (at) => spoilWithin(partsOf(at, 'events')[0]!), 60],
    ['everything', (at) => rmSync(join(at, 'events'), { recursive: true }), 0],
  ])('events: %s', (_, spoil, left) =>
    onCopy(async (directory) => {
      spoil(directory);
      await mend(directory, 'events', 0);
      const { server, log } = await start(directory);
      try {
        expect(log).toEqual([]);
        const { events, ...others } = await seen(server);
        expect(whole.events).toEqual(expect.arrayContaining(events));
        expect(events).toHaveLength(left);
        expect(others).toEqual({ identities: whole.identities, identifiers: whole.identifiers });
      } finally {
        await server.stop();
      }
    }),
  );

  test('map: made again from the ledger', () =>
    onCopy(async (directory) => {
      for (const part of partsOf(directory, 'identifiers')) rmSync(part, { recursive: true });
      await mend(directory, 'map', 0);
      const { server } = await start(directory);
      expect(await seen(server)).toEqual(whole);
      await server.stop();
    }));

  test('says so where there is nothing to begin with', async () => {
    const directory = dataDirectory();
    await expect(mend(directory, 'events', 0)).rejects.toThrow('onym restore');
    expect(readdirSync(directory)).toEqual([]);
  });
});

test('a first start that ended early is no damage', async () => {
  const directory = dataDirectory();
  mkdirSync(join(directory, 'journal'));
  writeFileSync(join(directory, 'identity.db'), '');
  const { server, log } = await start(directory);
  expect(log.filter(({ level }) => level > 40)).toEqual([]);
  await server.stop();
});

const below = (directory: string): string => join(directory, 'events/data/data/onym_production_data');
const sqlOf = (directory: string): string => join(directory, 'events/data/metadata/onym_production_data/events.sql');

function partsOf(directory: string, table: string): string[] {
  return readdirSync(join(below(directory), table))
    .filter((name) => /^(all|\d{4})_\d+_\d+_\d+$/.test(name))
    .map((name) => join(below(directory), table, name));
}

function spoilWithin(part: string): void {
  const file = join(part, 'data.bin');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x5a, 100, 300));
}
