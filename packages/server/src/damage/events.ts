import type { ConfigError } from '../config.ts';
import { unusable } from '../disk/directory-problem.ts';
import type { EventStore } from '../events/types.ts';
import type { Journal, JournalReader } from '../journal/types.ts';
import type { Log } from '../log.ts';

export interface EventChecks {
  /** Of the data directory, for people. */
  readonly path: string;
  readonly eventStore: Pick<EventStore, 'size' | 'damaged' | 'resetProjection'>;
  readonly journal: Pick<Journal, 'setHeld'> & Pick<JournalReader, 'held' | 'underWay' | 'leap'>;
  readonly log: Log;
}

/**
 * What the engine itself does not say: that it goes on without a part it could not read, and that one is gone. What is made from the ledger is
 * made again. Throws ConfigError where all events of an environment are gone.
 */
export async function checkEvents(environment: string, checks: EventChecks): Promise<void> {
  await tellOfDamage(environment, checks);
  await compare(environment, checks);
}

async function tellOfDamage(environment: string, { eventStore, log }: EventChecks): Promise<void> {
  const damaged = await eventStore.damaged(environment);
  const events = damaged.filter(({ table }) => table === 'events');
  const others = [...new Set(damaged.filter(({ table }) => table !== 'events').map(({ table }) => table))];
  if (events.length > 0) {
    const paths = events.map(({ path }) => path);
    const what = 'Parts of the events are damaged and were put aside; everything goes on without their events.';
    log.error(
      { environment, paths },
      `${what} Restore a backup to have them back. To go on without, remove the paths.`,
    );
  }
  if (others.length > 0) {
    log.warn(
      { environment, tables: others },
      'What queries see of identities is damaged. It is made again from the ledger.',
    );
    await eventStore.resetProjection(environment);
  }
}

async function compare(environment: string, { path, eventStore, journal, log }: EventChecks): Promise<void> {
  const found = await eventStore.size(environment);
  const arriving = journal.underWay(environment).reduce((sum, drain) => sum + drain.to - drain.from, 0);
  const held = journal.held(environment);
  if (held === null) {
    // What is on its way may have arrived or not.
    if (arriving === 0) journal.setHeld(environment, found);
    return;
  }
  if (found > held + arriving) {
    log.warn(
      { environment, events: found, expected: held },
      'The journal is older than the event store. What it still holds is sent once more, and counts once.',
    );
    journal.leap();
    journal.setHeld(environment, arriving === 0 ? found : null);
  }
  if (found >= held) return;
  if (found === 0) throw allGone(environment, held, path);
  log.error(
    { environment, events: found, missing: held - found },
    'Events are missing from the event store: parts of it are gone or damaged. Restore a backup to have them back; to go on without: onym mend events.',
  );
}

function allGone(environment: string, held: number, path: string): ConfigError {
  return unusable(
    path,
    `events holds none of the ${held} events of ${environment} that it held. Restore a backup (onym restore), or go on with what is left of them: onym mend events.`,
  );
}
