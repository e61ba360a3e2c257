import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './measure.ts';
import type { OnymTarget } from './processes.ts';

/** Calls of the measures themselves, outside what is timed. */
export interface Client {
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  query<Row>(sql: string): Promise<Row[]>;
  countEvents(): Promise<number>;
  /** Resolves when everything acknowledged is in the event store. */
  drained(): Promise<void>;
  /** Canonical id of each. */
  resolve(ids: readonly string[]): Promise<Map<string, string>>;
  /** Sends items to an ingestion route in arrays; throws VoidRun unless all are accepted. */
  ingest(path: '/track' | '/identify' | '/alias', items: readonly object[]): Promise<void>;
}

const arrayLength = 1_000;
const drainPollMs = 50;
const drainMaxMs = 120_000;
const sendersAtOnce = 4;

export function createClient(target: OnymTarget): Client {
  const headers = { authorization: `Bearer ${target.secretKey}`, 'content-type': 'application/json' };

  async function post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(`${target.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    check(response.status === 200, `${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as Answer;
  }

  async function journalBytes(): Promise<number> {
    const text = await (await fetch(`${target.url}/metrics`, { headers })).text();
    return Number(/^onym_journal_bytes (\S+)$/m.exec(text)?.[1] ?? Number.NaN);
  }

  async function query<Row>(sql: string): Promise<Row[]> {
    return (await post<{ data: Row[] }>('/v1/query', { environment: 'production', sql })).data;
  }

  return {
    post,
    query,
    async countEvents() {
      const [row] = await query<{ events: number }>('SELECT count() AS events FROM events');
      return row?.events ?? Number.NaN;
    },
    async drained() {
      const deadline = performance.now() + drainMaxMs;
      while ((await journalBytes()) !== 0) {
        check(performance.now() < deadline, 'the journal was not drained in time');
        await sleep(drainPollMs);
      }
    },
    async resolve(ids) {
      const names = new Map<string, string>();
      for (let i = 0; i < ids.length; i += arrayLength) {
        const body = { environment: 'production', distinct_ids: ids.slice(i, i + arrayLength) };
        const { identities } = await post<{ identities: Record<string, { canonical_id: string }> }>(
          '/v1/resolve',
          body,
        );
        for (const [id, { canonical_id: name }] of Object.entries(identities)) names.set(id, name);
      }
      return names;
    },
    async ingest(path, items) {
      let next = 0;
      const send = async (): Promise<void> => {
        for (let from = next; from < items.length; from = next) {
          next = from + arrayLength;
          const chunk = items.slice(from, next);
          const { accepted } = await post<{ accepted: number }>(path, chunk);
          check(accepted === chunk.length, `${path} accepted ${accepted} of ${chunk.length}`);
        }
      };
      await Promise.all(Array.from({ length: sendersAtOnce }, send));
    },
  };
}
