import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import type { FindingTable } from '../../src/lint/finding-table.ts';
import type { Example, Finding } from '../../src/lint/rules.ts';
import { postgresTables, sqliteTables, type Tables } from './tables.ts';

/** What several add to one table is the sum, as if one had noted it all. */

const environment = 'production';

const example = (distinct_id: string, time: number, rest: Partial<Example> = {}): Example => ({
  call: 'identify',
  time,
  ids: { distinct_id },
  ...rest,
});

const finding = (rest: Partial<Finding> & { readonly examples?: readonly Example[] } = {}): Finding => {
  const times = (rest.examples ?? []).map(({ time }) => time);
  const span = { firstTime: Math.min(...times, 1_000), lastTime: Math.max(...times, 0) };
  return { rule: 'reserved-id', key: 'web', lib: null, count: 1, ...span, examples: [], ...rest };
};

describe.each<[string, () => Promise<Tables>, number]>([
  ['in SQLite', sqliteTables, 1],
  ['in PostgreSQL', postgresTables, 3],
])('a table of findings %s', (_, start, nodes) => {
  let tables: Tables;
  let opened: FindingTable[];
  let table: FindingTable;
  let names = 0;
  beforeAll(async () => {
    tables = await start();
  });
  afterAll(() => tables?.stop());

  /** As many processes as may share it. */
  beforeEach(async () => {
    const name = `findings_${names++}`;
    opened = await Promise.all(Array.from({ length: nodes }, () => tables.open(name)));
    table = opened[0]!;
    return () => Promise.all(opened.map((each) => each.close()));
  });

  it('adds counts, widens the span and keeps the newest examples, no two with the same ids', async () => {
    const first = [example('e', 50), example('d', 40), example('b', 20), example('a', 10)];
    await table.add(environment, { number: 1, findings: [finding({ count: 7, examples: first })] });
    const later = [example('a', 60), example('c', 30)];
    await opened.at(-1)!.add(environment, { number: 2, findings: [finding({ count: 2, examples: later })] });
    const [sum, ...others] = await table.list(environment);
    expect(others).toEqual([]);
    expect(sum).toEqual({ ...finding(), count: 9, firstTime: 10, lastTime: 60, examples: sum!.examples });
    expect(sum!.examples.map(({ ids, time }) => [ids.distinct_id, time])).toEqual([
      ['a', 60],
      ['e', 50],
      ['d', 40],
      ['c', 30],
      ['b', 20],
    ]);
  });

  it('counts right whoever adds at the same moment', async () => {
    const rules = ['reserved-id', 'clock-skew', 'unknown-field', 'near-miss-id'] as const;
    const rounds = 15;
    const adding = opened.map(async (each, node) => {
      for (let round = 1; round <= rounds; round++) {
        const findings = rules.map((rule) => finding({ rule, count: round, examples: [example(`${node}`, round)] }));
        // Each in an order of its own.
        await each.add(environment, { number: round, findings: node % 2 === 0 ? findings : findings.reverse() });
      }
    });
    await Promise.all(adding);
    const sums = await table.list(environment);
    expect(sums).toHaveLength(rules.length);
    for (const sum of sums) {
      expect(sum.count).toBe((nodes * rounds * (rounds + 1)) / 2);
      expect(sum.examples).toHaveLength(nodes);
      expect(sum.examples.every(({ time }) => time === rounds)).toBe(true);
    }
  });

  it('tells environments, rules, keys and libs apart, and no key from any', async () => {
    const sites = [null, 'web'].flatMap((key) => [null, 'lib'].map((lib) => ({ key, lib })));
    const findings = sites.flatMap((site) => [finding(site), finding({ ...site, rule: 'clock-skew' })]);
    await table.add(environment, { number: 1, findings });
    await table.add('staging', { number: 1, findings: [finding()] });
    expect(await table.list(environment)).toHaveLength(8);
    expect(await table.list(environment)).toEqual(expect.arrayContaining(findings));
    expect(await table.list('staging')).toEqual([finding()]);
  });

  it('loses nothing of what is no text: half characters and zeros', async () => {
    const odd = 'half \ud83d zero \u0000 "quoted" \\';
    const key = 'zero \u0000';
    const examples = [example(odd, 5, { call: 'track', field: odd })];
    const findings = [finding({ key, examples })];
    await table.add(environment, { number: 1, findings });
    await table.add(environment, { number: 2, findings });
    expect(await table.list(environment)).toEqual([{ ...findings[0]!, count: 2 }]);
    await table.forget(environment, new Set([odd]));
    expect(await table.list(environment)).toEqual([{ ...findings[0]!, count: 2, examples: [] }]);
  });

  it('keeps those last seen', async () => {
    const { lintFindingsMax: max } = limits;
    const all = Array.from({ length: max + 5 }, (_, index) =>
      finding({ lib: `lib-${index}`, examples: [example('a', index + 1)] }),
    );
    await table.add(environment, { number: 1, findings: all.slice(5) });
    await opened.at(-1)!.add(environment, { number: 2, findings: all.slice(0, 5) });
    const kept = await table.list(environment);
    expect(kept.map(({ lib }) => lib)).toEqual(
      all
        .slice(5)
        .map(({ lib }) => lib)
        .reverse(),
    );
  });

  it('forgets examples that name one of the ids, whoever added them, and no count', async () => {
    const named = [
      example('secret', 5),
      example('b', 4, { ids: { distinct_id: 'b', alias_id: 'secret' } }),
      example('c', 3, { field: '?secret' }),
    ];
    const findings = [finding({ count: 4, examples: [...named, example('kept', 1)] })];
    await table.add(environment, { number: 1, findings });
    await table.add('staging', { number: 1, findings });
    await opened.at(-1)!.forget(environment, new Set(['secret']));
    const [left] = await table.list(environment);
    expect(left).toMatchObject({ count: 4, examples: [{ ids: { distinct_id: 'kept' } }] });
    expect(left!.examples).toHaveLength(1);
    expect((await table.list('staging'))[0]!.examples).toHaveLength(4);
  });
});
