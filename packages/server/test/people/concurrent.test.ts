import { expect, test } from 'vitest';
import { clientOf, differencesOf, filesWith, startServer, temporaryDirectory } from './support.ts';

const people = ['ada', 'bob', 'eve', 'kim'];
const rounds = 12;

test('erasures beside calls about the same people leave both stores agreed, and in the end nothing', async () => {
  const directory = await temporaryDirectory();
  const server = await startServer(directory.path);
  try {
    const { call, erase, query, json } = clientOf(server);
    const statuses = new Set<number>();
    let round = 0;
    const callers = people.map(async (person, index) => {
      for (let n = 0; round < rounds; n++) {
        const other = people[(index + n) % people.length]!;
        const device = `device-${(index * 7 + n) % 5}`;
        const answers = await Promise.all([
          call('POST', '/identify', { distinct_id: person, anonymous_id: device, traits: { n } }),
          call('POST', '/track', { event: 'seen', distinct_id: person, anonymous_id: `anonymous-${n % 9}` }),
          call('POST', '/alias', { distinct_id: person, alias_id: `crm:${other}-${n % 3}` }),
        ]);
        for (const { status } of answers) statuses.add(status);
      }
    });
    const eraser = (async () => {
      for (; round < rounds; round++) {
        const { status } = await call('DELETE', `/v1/identities/${people[round % people.length]}?by=distinct_id`);
        statuses.add(status);
        if (round % 5 === 0) await query('SELECT count() FROM events');
      }
    })();
    await Promise.all([...callers, eraser]);
    expect([...statuses].filter((status) => status !== 404)).toEqual([200]);
    expect(await differencesOf(server)).toEqual([]);

    // With nobody calling any more: one after the other, until none is left.
    for (;;) {
      const [left] = await query(
        'SELECT distinct_id FROM events UNION ALL SELECT distinct_id FROM identifiers LIMIT 1',
      );
      if (left === undefined) break;
      expect(await erase(left.distinct_id)).toMatchObject({ ok: true });
    }
    expect(await differencesOf(server)).toEqual([]);
    expect(await query('SELECT count() AS n FROM events')).toEqual([{ n: 0 }]);
    const { rows } = await json('GET', '/v1/ledger?limit=1000');
    const names = /"(ada|bob|eve|kim|crm:.*|device-\d|anonymous-\d)"/;
    expect(rows.filter((row: object) => names.test(JSON.stringify(row)))).toEqual([]);
    expect(await filesWith(directory.path, ['crm:ada-', 'crm:bob-'])).toEqual([]);
  } finally {
    await server.stop();
    await directory.remove();
  }
});
