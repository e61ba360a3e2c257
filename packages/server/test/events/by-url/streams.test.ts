import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { wholeStream } from '../../../src/events/engine/server-streams.ts';

const tag = 'yjdhqvmzrxbnwkto';
const headers = { 'x-clickhouse-exception-tag': tag };
const message = 'Code: 395. DB::Exception: too late: while executing. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)';
const marked = `\r\n__exception__\r\n${tag}\r\n${message}\n${message.length + 1} ${tag}\r\n__exception__\r\n`;

async function read(chunks: readonly string[], given: Record<string, string>): Promise<string> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  let all = '';
  for await (const chunk of wholeStream({ stream, headers: given })) all += Buffer.from(chunk).toString();
  return all;
}

describe('an answer that a server could not finish', () => {
  test('fails with what the server says, however the mark is cut', async () => {
    const body = `1,a\n2,b\n${marked}`;
    await expect(read([body], headers)).rejects.toThrow(message);
    await expect(read([...body], headers)).rejects.toThrow(message);
    await expect(read(['x'.repeat(200_000), marked.slice(0, 20), marked.slice(20)], headers)).rejects.toThrow(message);
  });

  test('fails as away where it was broken off', async () => {
    const stream = Readable.from(
      (function* () {
        yield Buffer.from('1,a\n');
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
    );
    const reading = (async () => {
      for await (const _ of wholeStream({ stream, headers }));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'event-store-unavailable' });
  });
});

test('an answer that is whole is handed on as it came, also one that speaks of such marks', async () => {
  const body = '1,"__exception__"\n2,b\n';
  expect(await read([body], headers)).toBe(body);
  expect(await read([body, marked], {})).toBe(body + marked);
});
