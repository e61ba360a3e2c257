/** How a front is started, as its process is told. */
export interface FrontOptions {
  /** Directory of its data and configuration. */
  readonly path: string;
  readonly users: readonly FrontUser[];
  /** What the engine's one user may do; all that Onym asks for unless said otherwise. */
  readonly grants: readonly string[];
  /** Name of a cluster of one shard, which is this engine. */
  readonly cluster: string | null;
  /** What `system.clusters` says of it instead: nodes by shard, all of which are this front. */
  readonly nodes: readonly (readonly string[])[] | null;
  /** Port of a ZooKeeper. Without one, replicated tables are made as plain ones: no replica becomes active in this build. */
  readonly zookeeper: number | null;
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

export interface FrontUser {
  readonly name: string;
  readonly password: string;
  /** `reader`: what CHECK GRANT answers is to be like that of a user who may read the views alone. */
  readonly role: 'own' | 'reader';
  /** Of its profile. */
  readonly readonly: 0 | 1 | 2;
}

/** What goes wrong from now on. */
export interface Faults {
  /** Nothing listens. */
  readonly away: boolean;
  /** So many statements that match are run, and their answers lost. */
  readonly lose: { readonly matching: string; readonly times: number } | null;
  /** Statements that match are kept waiting before they are run. */
  readonly slow: { readonly matching: string; readonly ms: number } | null;
  /** Something in between answers in its place. */
  readonly proxyError: boolean;
  /** It is of this version, which lacks what Onym needs. */
  readonly version: string | null;
}

export const noFaults: Faults = { away: false, lose: null, slow: null, proxyError: false, version: null };

/** A statement that was run, the address it came to, and what was set with it. */
export interface Ran {
  readonly host: string;
  readonly user: string;
  readonly sql: string;
  readonly settings: Readonly<Record<string, string>>;
  /** How its body was compressed, and how its answer was. */
  readonly encodings: readonly [request: string | null, response: string | null];
}

export type ToFront = { readonly faults: Faults } | { readonly ask: 'ran' };
export type FromFront = { readonly port: number } | { readonly done: true } | { readonly ran: Ran[] };

/** docs/stores.md, as one user of chDB has them for all that come in; and what only the front itself needs. */
export const allGrants: readonly string[] = [
  'GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY, DROP, TRUNCATE, dictGet ON *.*',
  'GRANT SYSTEM RELOAD DICTIONARY ON *.*',
  'GRANT SYSTEM SYNC REPLICA ON *.*',
  'GRANT KILL QUERY ON *.*',
  'GRANT REMOTE ON *.*',
  'GRANT TABLE ENGINE ON *',
  'GRANT SHOW ON *.*',
  'GRANT OPTIMIZE ON *.*',
  // All run as one user here, and views are to be defined by the one who logged in.
  'GRANT SET DEFINER ON *',
];
