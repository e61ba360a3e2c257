import type { Millis, Seq, Settings } from '@onym/core';
import type { EventStore } from './events/types.ts';
import type { IdentityStore } from './identity/store.ts';

export interface EnvironmentState {
  readonly name: string;
  /** Time of the ledger's first row; null while it has none. */
  readonly since: Millis | null;
  readonly ledgerHead: Seq;
  /** In the event store; what waits in the journal comes to it. */
  readonly events: number;
  /** In force now. */
  readonly settings: Settings;
}

export interface EnvironmentStates {
  /** Of an environment that is served. */
  state(environment: string): Promise<EnvironmentState>;
}

export interface EnvironmentParts {
  readonly identityStore: Pick<IdentityStore, 'environment' | 'ledger'>;
  readonly eventStore: Pick<EventStore, 'eventCount'>;
  readonly settings: (environment: string) => Settings;
}

export function createEnvironmentStates({ identityStore, eventStore, settings }: EnvironmentParts): EnvironmentStates {
  return {
    async state(name) {
      const [{ head }, [first], events] = await Promise.all([
        identityStore.environment(name),
        identityStore.ledger(name, 0, 1),
        eventStore.eventCount(name),
      ]);
      return { name, since: first?.time ?? null, ledgerHead: head, events, settings: settings(name) };
    },
  };
}
