import { expect, test } from 'vitest';
import { serve } from './processes.ts';

/** docs/resolution.md, "Verdicts": a repeated pair leaves nothing but a counter. */

const itemsPerArray = 1_000;
const arrays = 9;
const singles = 1_000;
const singlesAtOnce = 20;

test('ten thousand repeats of an alias, and of an identify, add no row to the ledger', async () => {
  const { api, web, stop } = await serve();
  const alias = { distinct_id: 'user_1', alias_id: 'stripe:1' };
  const identify = { distinct_id: 'user_1', anonymous_id: 'anonymous-1', traits: { plan: 'pro' } };
  const first = [await api.posted('/alias', alias), await api.posted('/identify', identify)];
  expect(first).toMatchObject([
    { verdict: 'applied', seq: 1 },
    { verdict: 'applied', seq: 2 },
  ]);
  await api.posted('/track', { event: 'e', distinct_id: 'user_1', anonymous_id: 'anonymous-1' });

  for (const [index, [path, item]] of (
    [
      ['/alias', alias],
      ['/identify', identify],
    ] as const
  ).entries()) {
    const repeated = { ...first[index], verdict: 'unchanged' };
    for (let i = 0; i < arrays; i++) {
      const answer = await api.posted(path, new Array(itemsPerArray).fill(item));
      expect(answer.accepted).toBe(itemsPerArray);
      expect(new Set(answer.results.map((result: object) => JSON.stringify(result)))).toEqual(
        new Set([JSON.stringify(repeated)]),
      );
    }
    // By both kinds of key: what a publishable key repeats is no news either.
    for (let i = 0; i < singles; i += singlesAtOnce) {
      const client = i % 200 === 0 ? web : api;
      const answers = await Promise.all(Array.from({ length: singlesAtOnce }, () => client.posted(path, item)));
      for (const answer of answers) expect(answer).toMatchObject({ verdict: 'unchanged', seq: repeated.seq });
    }
  }

  // Nor do the many events of one pair, in the other order, or beside other callers.
  const event = { event: 'e', distinct_id: 'user_1', anonymous_id: 'anonymous-1' };
  const { results } = await web.posted('/track', new Array(itemsPerArray).fill(event));
  expect(new Set(results.map((result: { seq: number }) => result.seq))).toEqual(new Set([2]));
  expect(await api.ledger()).toHaveLength(2);
  expect(await api.got('/v1/identities/user_1')).toMatchObject({
    identifier_count: 3,
    event_count: 1 + itemsPerArray,
    traits: { plan: 'pro' },
  });
  expect((await api.got('/v1/identities/user_1/traits/plan')).values).toHaveLength(1);
  expect(await stop()).toMatchObject({ code: 0 });
});

test('nor do ten thousand repeats of what was refused', async () => {
  const { api, stop } = await serve();
  await api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
  const clash = { distinct_id: 'user_2', anonymous_id: 'anonymous-1' };
  const { seq } = await api.posted('/identify', clash);
  for (let i = 0; i < 10; i++) {
    const { results } = await api.posted('/identify', new Array(itemsPerArray).fill(clash));
    expect(results).toHaveLength(itemsPerArray);
    for (const result of results) expect(result).toMatchObject({ verdict: 'refused', seq });
  }
  expect(await api.ledger()).toHaveLength(2);
  await stop();
});
