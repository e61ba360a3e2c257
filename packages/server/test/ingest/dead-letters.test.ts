import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDeadLetters } from '../../src/ingest/dead-letters.ts';
import type { DeadLetter } from '../../src/ingest/types.ts';
import { limits } from '../../src/limits.ts';

const letter = (item: unknown, environment: string | null = 'production'): DeadLetter => ({
  call: 'identify',
  environment,
  key: 'web',
  receivedAt: 1,
  errorCode: 'reserved-distinct-id',
  message: 'It names nobody.',
  item: JSON.stringify(item),
});

describe('dead letters', () => {
  const directory = mkdtempSync(join(tmpdir(), 'onym-dead-letters-'));
  const errors: string[] = [];
  const log = { error: (_details: object, message: string) => void errors.push(message) };
  let files = 0;
  const open = (file = join(directory, `${files++}.db`)) => openDeadLetters(file, log);
  afterEach(() => {
    expect(errors.splice(0)).toEqual([]);
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  });

  it('keeps what was rejected with its reason, newest first, over a restart', () => {
    const file = join(directory, 'kept.db');
    const letters = open(file);
    letters.add([letter({ distinct_id: 'null' }), letter({ distinct_id: '' }, null)]);
    letters.close();
    const again = open(file);
    expect(again.list(10)).toEqual([letter({ distinct_id: '' }, null), letter({ distinct_id: 'null' })]);
    expect(again.list(1)).toHaveLength(1);
    again.close();
  });

  it('cuts an item that is very long, and drops letters beyond those that may wait', () => {
    const letters = open();
    letters.add([letter('x'.repeat(limits.deadLetterCharactersMax + 10))]);
    letters.add(Array.from({ length: limits.waitingDeadLettersMax + 4 }, () => letter({})));
    expect(letters.stats()).toEqual({ kept: limits.waitingDeadLettersMax, dropped: 5 });
    const kept = letters.list(limits.waitingDeadLettersMax + 1);
    expect(kept).toHaveLength(limits.waitingDeadLettersMax);
    expect(kept.at(-1)!.item).toHaveLength(limits.deadLetterCharactersMax);
    letters.close();
  });

  it('finds and erases those that name somebody, in any field and form, also of no environment', async () => {
    const file = join(directory, 'erased.db');
    const letters = open(file);
    const about = [
      { distinct_id: 'ada@example.org' },
      { distinct_id: 'x', anonymous_id: 'ada@example.org' },
      { properties: { deep: ['ada\u0040example.org'] } },
      { distinct_id: 4711 },
    ];
    letters.add(about.map((item) => letter(item)));
    letters.add([
      letter({ distinct_id: 'ada@example.org' }, null),
      letter({ distinct_id: 'ada@example.org' }, 'staging'),
    ]);
    letters.add([letter({ distinct_id: 'bob', note: 'not ada@example.org alone', number: 47111 })]);
    const ids = new Set(['ada@example.org', '4711']);
    expect(await letters.naming('production', [ids, new Set(['nobody'])])).toEqual([5, 0]);
    await letters.forget('production', ids);
    expect(await letters.naming('production', [ids])).toEqual([0]);
    expect(letters.list(10).map(({ item }) => item)).toEqual([
      JSON.stringify({ distinct_id: 'bob', note: 'not ada@example.org alone', number: 47111 }),
      JSON.stringify({ distinct_id: 'ada@example.org' }),
    ]);
    await letters.forget('staging', ids);
    letters.close();
    expect(readFileSync(file).includes('"ada@example.org"')).toBe(false);
  });
});
