/**
 * B7's stores without a server: `point-reads.ts sqlite <identity.db of a server>`, or `postgres <identity.db> <URL>`, which first takes the
 * same rows over. Told which ids to look up, for how long.
 */
import { openPostgresNames } from './peers/postgres-names.ts';
import { type Names, openStored, prepareNames } from './peers/stored-rows.ts';
import { serveAnswers } from './serving.ts';

interface Reader {
  /** How many are under way at a time. */
  readonly readers: number;
  names(ids: readonly string[]): Names | Promise<Names>;
  close(): Promise<unknown>;
}

const [, , engine = '', file = '', url = ''] = process.argv;

function openSqlite(): Reader {
  const stored = openStored(file);
  return { readers: 1, names: prepareNames(stored), close: async () => stored.close() };
}

const reader: Reader = engine === 'sqlite' ? openSqlite() : await openPostgresNames(file, url);

async function readFor(batches: readonly (readonly string[])[], ms: number): Promise<{ ids: number; seconds: number }> {
  const start = performance.now();
  let next = 0;
  let ids = 0;
  const read = async (): Promise<void> => {
    while (performance.now() - start < ms) {
      const names = await reader.names(batches[next++ % batches.length]!);
      ids += names.size;
    }
  };
  await Promise.all(Array.from({ length: reader.readers }, read));
  return { ids, seconds: (performance.now() - start) / 1_000 };
}

serveAnswers(
  {
    '/read': ({ batches, ms }) => readFor(batches, ms),
    '/names': async ({ ids }) => [...(await reader.names(ids))],
  },
  () => reader.close(),
);
