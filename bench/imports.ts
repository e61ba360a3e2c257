import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { check } from './measure.ts';
import type { OnymTarget } from './processes.ts';

export type Pair = readonly [primary: string, secondary: string];

/** As a file that `POST /v1/import` and DuckDB read alike. */
export async function writePairs(file: string, pairs: readonly Pair[]): Promise<void> {
  const stream = createWriteStream(file);
  const part = 10_000;
  stream.write('id,other_id\n');
  for (let at = 0; at < pairs.length; at += part) {
    const text = pairs.slice(at, at + part).map(([primary, secondary]) => `${primary},${secondary}\n`);
    if (!stream.write(text.join(''))) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

/** Imports a file of `rows` pairs as a batch of its own; throws VoidRun unless each of them was applied or repeats another. */
export async function importPairs(onym: OnymTarget, file: string, batch: string, rows: number): Promise<void> {
  const query = new URLSearchParams({ batch, kind: 'alias', primary: 'id', secondary: 'other_id' });
  const response = await fetch(`${onym.url}/v1/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${onym.secretKey}`, 'content-type': 'text/csv' },
    body: createReadStream(file),
    duplex: 'half',
  } as RequestInit);
  check(response.status === 200, `the import answered ${response.status}`);
  let last = '';
  const decoder = new TextDecoder();
  // Of the lines that it answers while it works, the last says what became of the file.
  for await (const chunk of response.body!) {
    last += decoder.decode(chunk, { stream: true });
    last = last.slice(last.lastIndexOf('\n', last.length - 2) + 1);
  }
  const { type, counts } = JSON.parse(last) as { type: string; counts: { applied: number; unchanged: number } };
  check(type === 'done', `the import ended with ${last.slice(0, 500)}`);
  check(counts.applied + counts.unchanged === rows, `of ${rows} pairs the import made ${JSON.stringify(counts)}`);
}
