import { texts } from '../../texts/texts.ts';
import type { ResultView } from './result-views.ts';

export interface Example {
  readonly name: string;
  readonly sql: string;
  readonly view: ResultView;
}

const names = texts.sql.exampleNames;

/** Statements that answer something on the first day, whatever the application sends. `steps`: names of its commonest events. */
export const examplesFor = (steps: readonly string[]): readonly Example[] => [
  {
    name: names.events,
    view: 'bar',
    sql: 'SELECT event, count() AS events, uniqExact(identity_id) AS people\nFROM events\nGROUP BY event ORDER BY events DESC LIMIT 50',
  },
  {
    name: names.active,
    view: 'line',
    sql: 'SELECT toDate(timestamp) AS day, uniqExact(identity_id) AS people, uniqExact(distinct_id) AS ids\nFROM events\nGROUP BY day ORDER BY day',
  },
  { name: names.funnel, view: 'bar', sql: funnelOf(steps) },
  {
    name: names.retention,
    view: 'table',
    sql: "WITH firsts AS (\n  SELECT identity_id, toMonday(min(timestamp)) AS cohort FROM events GROUP BY identity_id)\nSELECT cohort, dateDiff('week', cohort, toMonday(timestamp)) AS week,\n  uniqExact(identity_id) AS people, round(people / max(people) OVER (PARTITION BY cohort), 2) AS share\nFROM events INNER JOIN firsts USING (identity_id)\nGROUP BY cohort, week ORDER BY cohort, week",
  },
  {
    name: names.firstTouch,
    view: 'bar',
    sql: 'SELECT first_event, count() AS people\nFROM (SELECT identity_id, argMin(event, timestamp) AS first_event FROM events GROUP BY identity_id)\nGROUP BY first_event ORDER BY people DESC LIMIT 50',
  },
  {
    name: names.identifiers,
    view: 'bar',
    sql: 'SELECT ids, count() AS people\nFROM (SELECT identity_id, count() AS ids FROM identifiers GROUP BY identity_id)\nGROUP BY ids ORDER BY ids LIMIT 100',
  },
  {
    name: names.links,
    view: 'line',
    sql: "SELECT toDate(time) AS day, countIf(kind = 'identify') AS identify, countIf(kind = 'alias') AS alias, countIf(kind = 'track') AS track, countIf(kind = 'import') AS import\nFROM links\nGROUP BY day ORDER BY day",
  },
];

const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function funnelOf(steps: readonly string[]): string {
  const [first = 'page_view', second = 'signup', third = 'purchase'] = steps;
  const conditions = [first, second, third].map((event) => `event = ${literal(event)}`).join(', ');
  return `SELECT step, countIf(level >= step) AS people
FROM (
  SELECT identity_id, windowFunnel(7 * 86400)(toDateTime(timestamp), ${conditions}) AS level
  FROM events GROUP BY identity_id)
ARRAY JOIN [1, 2, 3] AS step
GROUP BY step ORDER BY step`;
}
