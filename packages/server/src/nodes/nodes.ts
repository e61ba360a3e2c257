import type { Seq } from '@onym/core';

/** What has to be done on every node where people are erased: to drain what the node took before; and that, and to forget the ids. */
export type Errand = 'drain' | 'forget';

/** Does an errand on this node, for the erasures of these ledger rows. Done twice it must do no harm. */
export type ErrandWork = (errand: Errand, environment: string, seqs: readonly Seq[]) => Promise<void>;

export interface NodeInfo {
  readonly id: string;
  /** Of its machine. */
  readonly host: string;
  readonly version: string;
  /** Whether it has a journal of its own, which outlives its process. */
  readonly hasJournal: boolean;
  /** Epoch milliseconds of PostgreSQL's clock. */
  readonly seenAt: number;
  readonly isAway: boolean;
}

/** What this node has to know of all that share its ledger, itself included. */
export interface Nodes {
  /** Of this process's journal, for as long as that exists; one without a journal has another at each start. */
  readonly id: string;
  /**
   * The least seq of the map that events on their way from any node may have been bound at, nodes that are away included; what begins later is
   * bound at the ledger's head of that moment. Null when none are on their way. Read the projected seq before this.
   */
  safeSeq(environment: string): Promise<Seq | null>;
  /** Resolves when every read of events has ended that was under way, on any node, when this was called. */
  readsSettled(): Promise<void>;
  /** How this node does errands; to be said before `start`. */
  answer(work: ErrandWork): void;
  /**
   * Has every node do it, and resolves when all have that are not away. Those that are do it before anything else when they are back. Returns
   * who they are, for people.
   */
  ask(errand: Errand, environment: string, seqs: readonly Seq[]): Promise<readonly string[]>;
  /** Nothing of these is left to do on any node. */
  finished(environment: string, seqs: readonly Seq[]): Promise<void>;
  /** Tells the others that this node is there; events may be on their way from now on. */
  start(): Promise<void>;
  /** Whether what nodes share could not be reached at the last try. */
  failing(): boolean;
  /** Why this node can not go on, for people: nodes of a newer version have changed what they share. */
  obstacle(): string | null;
  /** All that share the ledger; null of one that shares nothing. For metrics. */
  list(): Promise<readonly NodeInfo[] | null>;
  /** `isEmpty`: nothing is left in this node's journal, so that nobody need wait for it. */
  close(isEmpty: boolean): Promise<void>;
}

/** The same from outside, for commands. */
export interface Registered {
  list(): Promise<readonly NodeInfo[]>;
  /** It is gone for good, with what its journal may have held. False: there is none of this id. */
  retire(id: string): Promise<boolean>;
}

export interface NodeParts {
  readonly drain: { safeSeq(environment: string): Seq | null };
  readonly eventStore: { readsUnderWay(): Promise<void> };
}

const nobody: readonly string[] = [];

/** Of one that shares nothing. */
export function createOwnNode(id: string, { drain, eventStore }: NodeParts): Nodes {
  let work: ErrandWork = async () => undefined;
  return {
    id,
    safeSeq: async (environment) => drain.safeSeq(environment),
    readsSettled: () => eventStore.readsUnderWay(),
    answer(own) {
      work = own;
    },
    async ask(errand, environment, seqs) {
      await work(errand, environment, seqs);
      return nobody;
    },
    finished: async () => undefined,
    start: async () => undefined,
    failing: () => false,
    obstacle: () => null,
    list: async () => null,
    close: async () => undefined,
  };
}
