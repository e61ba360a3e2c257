/**
 * One side of B3 in a process of its own: `merges.ts embedded <directory>`, or `postgres` or `rows` and a URL. Told over HTTP of people, of pairs to
 * merge and how many callers send them, and asked for names.
 */
import { openEmbedded, openOnPostgres } from './merging/onym.ts';
import { openRows } from './merging/rows.ts';
import type { Side } from './merging/side.ts';
import { serveAnswers } from './serving.ts';

const sides: Record<string, (where: string) => Promise<Side>> = {
  embedded: openEmbedded,
  postgres: openOnPostgres,
  rows: openRows,
};
const [, , name = '', where = ''] = process.argv;
const side = await sides[name]!(where);

/** Each caller sends the next pair once the one before is answered. */
async function merge(
  pairs: readonly [string, string][],
  callers: number,
): Promise<{ merged: number; seconds: number }> {
  let next = 0;
  let merged = 0;
  const caller = async (): Promise<void> => {
    for (let pair = pairs[next++]; pair !== undefined; pair = pairs[next++]) {
      if (await side.merge(...pair)) merged++;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return { merged, seconds: (performance.now() - start) / 1_000 };
}

serveAnswers(
  {
    '/people': ({ ids }) => side.makePeople(ids),
    '/merge': ({ pairs, callers }) => merge(pairs, callers),
    '/names': async ({ ids }) => [...(await side.namesOf(ids))],
    '/notes': () => side.notes(),
  },
  () => side.close(),
);
