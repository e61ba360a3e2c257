import type { Seq } from '@onym/core';

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
  close(): Promise<void>;
}

export interface NodeParts {
  readonly drain: { safeSeq(environment: string): Seq | null };
  readonly eventStore: { readsUnderWay(): Promise<void> };
}

/** Of one that shares nothing. */
export function createOwnNode(id: string, { drain, eventStore }: NodeParts): Nodes {
  return {
    id,
    safeSeq: async (environment) => drain.safeSeq(environment),
    readsSettled: () => eventStore.readsUnderWay(),
    close: async () => undefined,
  };
}
