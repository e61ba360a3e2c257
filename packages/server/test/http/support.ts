import { setImmediate as immediate } from 'node:timers/promises';
import { type AliasOperation, defaultSettings, type Fact, type IdentifyOperation } from '@onym/core';
import type { FastifyInstance } from 'fastify';
import type { StoredEvent } from '../../src/events/types.ts';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import type { Services } from '../../src/http/services.ts';
import {
  type CallAnswer,
  type DeadLetter,
  type IdentityAnswer,
  type IngestOptions,
  isEvent,
  type TrackAnswer,
  type TrackItem,
} from '../../src/ingest/types.ts';
import { createSessions, type Sessions } from '../../src/keys/sessions.ts';
import { openSqliteSessionTable } from '../../src/keys/sqlite/session-table.ts';
import { allScopes, type Key, type KeyStore } from '../../src/keys/types.ts';
import type { UnknownFields } from '../../src/lint/rules.ts';

export const now = Date.parse('2026-11-03T12:00:00.000Z');
export const pk = 'pk_test';
export const sk = 'sk_test';

const key = (name: string, rest: Partial<Key>): Key => ({
  name,
  kind: 'publishable',
  scopes: ['track', 'identify', 'alias'],
  environments: ['production', 'staging'],
  origins: null,
  createdAt: now,
  createdBy: null,
  lastUsedAt: null,
  revokedAt: null,
  revokedBy: null,
  ...rest,
});

const keysBySecret = new Map([
  [pk, key('web', {})],
  [sk, key('backend', { kind: 'secret', scopes: allScopes })],
  ['pk_shop', key('shop', { origins: ['https://shop.example', 'https://*.shop.example'] })],
  ['pk_track_only', key('beacon', { scopes: ['track'] })],
  ...allScopes.flatMap((scope): [string, Key][] => [
    [`sk_only_${scope}`, key(`only ${scope}`, { kind: 'secret', scopes: [scope] })],
    [
      `sk_without_${scope}`,
      key(`without ${scope}`, { kind: 'secret', scopes: allScopes.filter((it) => it !== scope) }),
    ],
  ]),
  ['sk_staging', key('staging', { kind: 'secret', scopes: allScopes, environments: ['staging'] })],
]);

export interface FakeKeys extends KeyStore {
  readonly revoked: Set<string>;
  /** What is different of a key since its request came. */
  readonly restricted: Map<string, Partial<Key>>;
}

export function fakeKeys(): FakeKeys {
  const revoked = new Set<string>();
  const restricted = new Map<string, Partial<Key>>();
  const unused = () => {
    throw new Error('The routes do not manage keys.');
  };
  return {
    revoked,
    restricted,
    authenticate: (secret) => keysBySecret.get(secret) ?? null,
    active(name) {
      const made = [...keysBySecret.values()].find((each) => each.name === name);
      return made === undefined || revoked.has(name) ? null : { ...made, ...restricted.get(name) };
    },
    stateOf: (secret) => (keysBySecret.has(secret) ? 'active' : 'unknown'),
    create: unused,
    list: async () => [],
    restrict: unused,
    revoke: unused,
    start: unused,
    async close() {},
  };
}

type IdentityCall = IdentifyOperation | AliasOperation;

/** How calls of each kind are answered. */
export interface Answering {
  track(environment: string, items: readonly TrackItem[], options: IngestOptions): Promise<TrackAnswer[]>;
  submit(environment: string, calls: readonly IdentityCall[], options: IngestOptions): Promise<IdentityAnswer[]>;
}

/** Records what the routes hand over, and answers every call with `applied`. Replace members to answer otherwise. */
export interface FakeServices extends Services {
  readonly answering: Answering;
  readonly tracked: { environment: string; items: readonly TrackItem[]; sync: boolean }[];
  readonly identified: { environment: string; operations: readonly IdentifyOperation[]; options: IngestOptions }[];
  readonly aliased: { environment: string; operations: readonly AliasOperation[]; options: IngestOptions }[];
  readonly letters: DeadLetter[];
  readonly unknown: (UnknownFields & { environment: string })[];
  readonly facts: Fact[];
  readonly listeners: Set<() => void>;
  readonly events: StoredEvent[];
  readonly eventListeners: Set<(events: readonly StoredEvent[]) => void>;
}

const applied = (canonicalId: string, seq: number): IdentityAnswer => ({
  verdict: 'applied',
  reason: null,
  seq,
  recorded: true,
  canonicalId,
  components: [],
});

/** Steering has tests of its own, on the real engines. */
const notAsked = (): never => {
  throw new Error('no test of the routes steers');
};

export function fakeServices(): FakeServices {
  const facts: Fact[] = [];
  const listeners = new Set<() => void>();
  const letters: DeadLetter[] = [];
  const services: FakeServices = {
    tracked: [],
    identified: [],
    aliased: [],
    letters,
    unknown: [],
    facts,
    listeners,
    events: [],
    eventListeners: new Set(),
    environments: () => ['production', 'staging', 'development'],
    settings: () => defaultSettings,
    ingest: {
      async submit(environment, calls, options) {
        const events = calls.filter(isEvent);
        const others = calls.filter((call): call is IdentityCall => !isEvent(call));
        const tracked = events.length === 0 ? [] : [...(await services.answering.track(environment, events, options))];
        const told = others.length === 0 ? [] : [...(await services.answering.submit(environment, others, options))];
        return calls.map((call): CallAnswer => (isEvent(call) ? tracked.shift() : told.shift())!);
      },
    },
    answering: {
      async track(environment, items, { sync }) {
        services.tracked.push({ environment, items, sync });
        await immediate();
        return items.map(() => ({ verdict: 'applied', link: null }));
      },
      async submit(environment, operations, options) {
        const identifies = operations.filter((operation) => operation.op === 'identify');
        const aliases = operations.filter((operation) => operation.op === 'alias');
        if (identifies.length > 0) services.identified.push({ environment, operations: identifies, options });
        if (aliases.length > 0) services.aliased.push({ environment, operations: aliases, options });
        return operations.map((operation, i) =>
          applied(operation.op === 'identify' ? operation.distinctId : operation.primary, i + 1),
        );
      },
    },
    imports: { run: notAsked },
    backups: { begin: notAsked },
    retention: { run: notAsked },
    people: {
      erase: async () => null,
      eraseAll: notAsked,
      export: async () => null,
      resolve: async (_environment, ids) => new Map(ids.map((id) => [id, { canonicalId: id, known: false }])),
      identity: async () => null,
      timeline: async () => null,
      traitHistory: async () => null,
      history: async () => null,
      recent: async () => ({ people: [], next: null }),
      separations: async () => [],
      explain: async () => ({ neighbour: null, same: false, path: [], refused: [], held: [], separations: [] }),
    },
    search: { find: async () => ({ identifiers: [], traits: [], isAll: true }) },
    reads: {
      exportTable: notAsked,
      query: async () => {
        throw new Error('Replace `query` in the test.');
      },
    },
    steering: {
      run: notAsked,
      revert: notAsked,
      review: async () => [],
      conflicts: async () => ({ conflicts: [], next: null }),
    },
    lint: {
      report: async () => ({ findings: [], unexamined: 0 }),
      observeUnknown: (environment, unknown) => void services.unknown.push({ environment, ...unknown }),
    },
    deadLetters: { list: async () => [], oldest: async () => [], taking: notAsked, remove: notAsked },
    quarantine: { list: () => [], replay: notAsked, discard: notAsked },
    environmentStates: { state: notAsked },
    status: { status: notAsked },
    savedQueries: { page: async () => [], add: notAsked, replace: notAsked, remove: notAsked },
    deadLetter: (more) => void letters.push(...more),
    ledgerPage: async (_environment, after, limit) => facts.filter(({ seq }) => seq > after).slice(0, limit),
    onLedger(_environment, listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ledgerHead: async () => facts.at(-1)?.seq ?? 0,
    onEvents(_environment, hear) {
      services.eventListeners.add(hear);
      return () => services.eventListeners.delete(hear);
    },
    obstacles: async () => [],
  };
  return services;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly services: FakeServices;
  readonly keys: FakeKeys;
  readonly sessions: Sessions;
}

/** One app per call; close it with `app.close()`. */
export function testApp(options: Partial<AppOptions> = {}): TestApp {
  const services = fakeServices();
  const keys = fakeKeys();
  const clock = options.now ?? (() => now);
  const sessions = createSessions({ table: openSqliteSessionTable(':memory:'), keys, now: clock });
  const app = createApp(services, { keys, sessions, version: '0.0.0', now: clock, ...options });
  app.addHook('onClose', () => sessions.close());
  return { app, services, keys, sessions };
}

export const asSecret = { authorization: `Bearer ${sk}` };
export const asPublic = { authorization: `Bearer ${pk}` };

export function post(app: FastifyInstance, url: string, payload: unknown, headers: Record<string, string> = asSecret) {
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
  });
}

export function get(app: FastifyInstance, url: string, headers: Record<string, string> = asSecret) {
  return app.inject({ method: 'GET', url, headers });
}
