import { defaultSettings } from '@onym/core';
import type { SentEvent, StoredEvent } from '../../src/events/types.ts';
import type { Resolved } from '../../src/identity/store.ts';
import { keyOf } from '../../src/journal/event-key.ts';
import type { Log } from '../../src/log.ts';

export function eventOf(
  n: number,
  { properties = { n }, ...overrides }: Omit<Partial<StoredEvent>, 'properties'> & { properties?: object } = {},
): StoredEvent {
  return {
    uuid: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
    timestamp: 1_700_000_000_000 + n,
    client_timestamp: null,
    received_at: 1_700_000_000_000 + n,
    event: 'page_view',
    properties: JSON.stringify(properties),
    lossy: false,
    distinct_id: `user_${n}`,
    anonymous_id: null,
    device_id: null,
    session_id: null,
    ...overrides,
  };
}

export interface StoredRow {
  uuid: string;
  distinct_id: string;
  node_id: string;
  identity_id: string;
  properties: { n: number };
}

/** Honours tokens as the engine does: the token alone decides. A row whose event is named `poison` is one it can't take. */
export function createEventStoreFake() {
  const tokens = new Map<string, string[]>();
  const rows = new Map<string, StoredRow[]>();
  const calls: { environment: string; token: string; uuids: string[] }[] = [];
  const hooks = {
    /** Before anything is stored; may throw. */
    before: async (_call: { environment: string; token: string }): Promise<void> => {},
    /** After the rows are stored; may throw. */
    after: async (_call: { environment: string; token: string }): Promise<void> => {},
  };
  return {
    hooks,
    calls,
    rowsOf: (environment: string): StoredRow[] => rows.get(environment) ?? [],
    uuidsOf: (environment: string): string[] => (rows.get(environment) ?? []).map((row) => row.uuid),
    async insertEvents(environment: string, ndjson: Buffer, token: string): Promise<void> {
      if (ndjson.length === 0) return;
      const parsed = ndjson
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as StoredRow & { event: string });
      const uuids = parsed.map((row) => row.uuid);
      calls.push({ environment, token, uuids });
      await hooks.before({ environment, token });
      const poison = parsed.findIndex((row) => row.event === 'poison');
      if (poison !== -1) {
        throw Object.assign(new Error(`Cannot parse input: (at row ${poison + 1})`), { code: '27' });
      }
      if (!tokens.has(token)) {
        tokens.set(token, uuids);
        rows.set(environment, [...(rows.get(environment) ?? []), ...parsed]);
      }
      await hooks.after({ environment, token });
    },
    async eventCount(environment: string) {
      await hooks.before({ environment, token: '' });
      return (rows.get(environment) ?? []).length;
    },
    async findSent(environment: string, events: readonly SentEvent[]) {
      const sent = new Set((rows.get(environment) ?? []).map(keyOf));
      return events.filter((event) => sent.has(keyOf(event)));
    },
    async recentUuids(environment: string, limit: number) {
      return (rows.get(environment) ?? []).slice(-limit).reverse();
    },
  };
}

/** Every identifier is its own identity, but for those in `canonical`. */
export function createIdentityStoreFake() {
  const state = { head: 0, canonical: new Map<string, string>() };
  return {
    state,
    async environment(name: string) {
      return { name, head: state.head, settings: defaultSettings, initialSettings: defaultSettings };
    },
    async resolve(_environment: string, distinctIds: readonly string[]) {
      const resolved = new Map<string, Resolved>(
        distinctIds.map((id) => [id, { canonicalId: state.canonical.get(id) ?? id, known: false }]),
      );
      return { seq: state.head, resolved };
    },
  };
}

export function createLogFake(): Log & { lines: { level: string; details: object; message: string }[] } {
  const lines: { level: string; details: object; message: string }[] = [];
  const at = (level: string) => (details: object, message: string) => {
    lines.push({ level, details, message });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
