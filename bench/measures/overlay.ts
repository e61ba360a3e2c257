import { compact } from '../../packages/server/dist/events/compaction.js';
import { databasesOf } from '../../packages/server/dist/events/databases.js';
import { openEngine } from '../../packages/server/dist/events/engine/open-engine.js';
import type { Engine } from '../../packages/server/dist/events/engine.js';
import { prepareEnvironment, project } from '../../packages/server/dist/events/projection.js';
import { check, type Figure, type Measure, type Progress, type Size } from '../measure.ts';
import { newDirectory, removeDirectory } from '../processes.ts';
import { median, ratios } from '../series.ts';

/** Goals hold at L, where a query is long enough for its fixed costs not to count. */
const compactedGoal = { atMost: 1.05 };
const pendingGoal = { atMost: 1.3 };
interface Scale {
  readonly events: number;
  readonly identifiers: number;
  /** Of them, those linked; they become two fifths as many people. */
  readonly linked: number;
}
const scales: Record<Size, Scale> = {
  S: { events: 2_000_000, identifiers: 200_000, linked: 40_000 },
  M: { events: 5_000_000, identifiers: 500_000, linked: 100_000 },
  L: { events: 10_000_000, identifiers: 1_000_000, linked: 200_000 },
};
const peopleShare = 0.4;
const days = 90;
const insertRows = 500_000;
/** Queries are short: more rounds than elsewhere. */
const roundsMin = 11;
/** Of the links, how many are pending at each point of the curve. */
const parts = [0.125, 0.25, 0.5, 1] as const;

const nodeOf = (id: string): string => `reinterpret(sipHash128(toUInt64(${id})), 'UUID')`;

const queries = {
  'people per day': (table: string) =>
    `SELECT toDate(timestamp) AS day, uniqExact(identity_id) AS people FROM ${table} GROUP BY day ORDER BY day`,
  'people of one event per day, seven days': (table: string) =>
    `SELECT toDate(timestamp) AS day, uniqExact(identity_id) AS people FROM ${table}
     WHERE event = 'purchase' AND timestamp >= '2026-08-01' AND timestamp < '2026-08-08' GROUP BY day ORDER BY day`,
} as const;

async function fill(engine: Engine, table: string, { events, identifiers }: Scale, progress: Progress): Promise<void> {
  for (let from = 0; from < events; from += insertRows) {
    const count = Math.min(insertRows, events - from);
    await engine.command(
      `INSERT INTO ${table} (uuid, timestamp, received_at, event, properties, distinct_id, node_id, identity_id)
       SELECT generateUUIDv4(), toDateTime64('2026-07-01 00:00:00', 3, 'UTC') + cityHash64(number, 1) % (${days} * 86400),
         now64(3), arrayElement(['page_viewed', 'search', 'item_added', 'signup', 'purchase'], 1 + cityHash64(number, 2) % 5),
         CAST(concat('{"price":', toString(number % 1000), '}') AS JSON(max_dynamic_paths = 128)),
         concat('user_', toString(id)), ${nodeOf('id')}, ${nodeOf('id')}
       FROM (SELECT number, cityHash64(number, 3) % ${identifiers} AS id FROM numbers(${from}, ${count}))`,
    );
  }
  await engine.command(`OPTIMIZE TABLE ${table} FINAL`);
  progress(`${events} events of ${identifiers} identifiers are stored`);
}

/** Maps the first identifiers to two fifths of the `linked`, those from `from` on now. */
async function link(
  engine: Engine,
  prepared: Awaited<ReturnType<typeof prepareEnvironment>>,
  { linked }: Scale,
  { from, to, seq }: { from: number; to: number; seq: number },
) {
  const people = linked * peopleShare;
  const nodes = await engine.rows<{ node: string }>(
    `SELECT toString(${nodeOf('number')}) AS node FROM numbers(${linked}) ORDER BY number`,
  );
  const identifiers = Array.from({ length: to - from }, (_, n) => {
    const id = from + n;
    return {
      node_id: nodes[id]!.node,
      distinct_id: `user_${id}`,
      identity_id: nodes[id % people]!.node,
      canonical_id: `user_${id % people}`,
      known: true,
      identified_seq: 0,
      first_seen: 0,
      version: seq,
    };
  });
  await project(engine, prepared, { identifiers, identities: [], links: [], separations: [], seq });
}

/** How many people there are when those links hold, from the identifiers that have events. */
async function peopleByOracle(engine: Engine, table: string, { linked }: Scale): Promise<number> {
  const ids = await engine.rows<{ id: number }>(
    `SELECT DISTINCT toUInt64(substring(distinct_id, 6)) AS id FROM ${table}`,
  );
  return new Set(ids.map(({ id }) => (id < linked ? id % (linked * peopleShare) : id))).size;
}

export const overlay: Measure = {
  name: 'B5',
  title: 'counting people through the view beside the stored column',

  async run({ size, rounds }, progress) {
    const scale = scales[size];
    const directory = newDirectory('overlay');
    const engine = await openEngine({ path: directory });
    try {
      const databases = databasesOf('production');
      const prepared = await prepareEnvironment(engine, databases, Date.now);
      const view = `${databases.open}.events`;
      const stored = `${databases.data}.events`;
      await fill(engine, stored, scale, progress);
      const figures: Figure[] = [];

      const timed = async (sql: string): Promise<{ ms: number; answer: string }> => {
        const start = performance.now();
        const answer = JSON.stringify(await engine.rows(sql));
        return { ms: performance.now() - start, answer };
      };
      const measure = async (state: string, goal: Figure['goal']): Promise<string[]> => {
        const answers: string[] = [];
        for (const [what, sql] of Object.entries(queries)) {
          const subject: number[] = [];
          const beside: number[] = [];
          let answer = '';
          for (let round = -1; round < Math.max(rounds, roundsMin); round++) {
            const through = await timed(sql(view));
            const column = await timed(sql(stored));
            answer = through.answer;
            if (round < 0) continue;
            subject.push(through.ms);
            beside.push(column.ms);
          }
          answers.push(answer);
          figures.push({
            measure: 'B5',
            what: `${what}, ${state}`,
            unit: 'ms',
            subject,
            beside,
            besideWhat: 'stored column',
            goal,
          });
          progress(`${what}, ${state}: done`);
        }
        return answers;
      };

      const pendingShares: (readonly [number, number])[] = [];
      let from = 0;
      let seq = 0;
      for (const part of parts) {
        const to = Math.round(scale.linked * part);
        await link(engine, prepared, scale, { from, to, seq: ++seq });
        from = to;
        const [what, sql] = Object.entries(queries)[0]!;
        const through: number[] = [];
        const column: number[] = [];
        for (let round = -1; round < rounds; round++) {
          const one = [(await timed(sql(view))).ms, (await timed(sql(stored))).ms] as const;
          if (round < 0) continue;
          through.push(one[0]);
          column.push(one[1]);
        }
        pendingShares.push([to, median(ratios(through, column))]);
        progress(`${what}, ${to.toLocaleString('en')} links pending: done`);
      }
      const pending = await measure(`${scale.linked.toLocaleString('en')} links pending`, pendingGoal);
      const expected = await peopleByOracle(engine, stored, scale);
      const [counted] = await engine.rows<{ people: number }>(`SELECT uniqExact(identity_id) AS people FROM ${view}`);
      check(counted?.people === expected, `${counted?.people} people through the view, ${expected} by the oracle`);
      const folded = await compact(engine, prepared, seq, { readsSettled: async () => {} });
      check(folded === scale.linked, `${folded} identifiers were folded of ${scale.linked}`);
      const compacted = await measure('compacted', compactedGoal);
      check(JSON.stringify(pending) === JSON.stringify(compacted), 'the answers changed with the compaction');
      return {
        figures,
        notes: [`${expected} people by the oracle, before and after the compaction`],
        curves: [
          {
            name: 'query-by-pending-links',
            title: 'People per day through the view, by links not yet folded into the events',
            x: 'links',
            y: 'times the stored column',
            isLogarithmic: true,
            lines: [{ label: 'through the view', points: pendingShares }],
          },
        ],
      };
    } finally {
      await engine.close();
      removeDirectory(directory);
    }
  },
};
