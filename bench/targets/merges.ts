/**
 * One side of B3 in a process of its own: `merges.ts embedded <directory>`, or `postgres` or `rows` and a URL. Told over HTTP of people, of pairs to
 * merge and how many callers send them, and asked for names.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { openEmbedded, openOnPostgres } from './merging/onym.ts';
import { openRows } from './merging/rows.ts';
import type { Side } from './merging/side.ts';

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

// biome-ignore lint/suspicious/noExplicitAny: what the measure sends
const answers: Record<string, (body: any) => Promise<unknown>> = {
  '/people': ({ ids }) => side.makePeople(ids).then(() => ({})),
  '/merge': ({ pairs, callers }) => merge(pairs, callers),
  '/names': async ({ ids }) => [...(await side.namesOf(ids))],
  '/notes': () => side.notes(),
};

const server = createServer((request, response) => {
  json(request)
    .then((body) => answers[request.url!]!(body))
    .then(
      (answer) => response.end(JSON.stringify(answer)),
      (error) => {
        response.statusCode = 500;
        response.end(String((error as Error).stack));
      },
    );
});

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  side.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});

server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`));
