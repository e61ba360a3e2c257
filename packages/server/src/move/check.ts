import type { EventStore } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Difference } from '../verify/identity-check.ts';
import { checkStores, type MapRows, type Verification } from '../verify/stores-check.ts';
import type { MovedCopy } from './record.ts';

export interface Checked extends Verification {
  readonly environment: string;
  readonly events: number;
}

interface Stores {
  readonly identityStore: IdentityStore;
  readonly eventStore: Pick<EventStore, 'tally' | 'readMap'>;
}

/** Whether an environment has arrived as it left: events by number and digest, the ledger by folding it again, the map by what that gives. */
export async function checkEnvironment(environment: string, here: Stores, there: Stores): Promise<Checked> {
  const differences: Difference[] = [];
  const [tallyHere, tallyThere] = await Promise.all([
    here.eventStore.tally(environment),
    there.eventStore.tally(environment),
  ]);
  if (tallyHere.events !== tallyThere.events || tallyHere.digest !== tallyThere.digest) {
    const [expected, found] = [tallyHere, tallyThere].map(({ events, digest }) => `${events} (${digest})`);
    differences.push({ what: 'events', name: environment, expected: expected!, found: found! });
  }
  const [headHere, headThere] = await Promise.all(
    [here, there].map(async ({ identityStore }) => (await identityStore.environment(environment)).head),
  );
  if (headHere !== headThere) {
    differences.push({ what: 'ledger', name: 'its last row', expected: `${headHere}`, found: `${headThere}` });
  }
  const checked = await checkStores(there.identityStore, environment, () => mapOf(there.eventStore, environment));
  if (checked === null) {
    differences.push({
      what: 'ledger',
      name: environment,
      expected: 'nobody writes to it',
      found: 'rows that somebody added',
    });
  }
  const { rows = 0, identifiers = 0, identities = 0, links = 0 } = checked ?? {};
  differences.push(...(checked?.differences ?? []));
  return { environment, rows, identifiers, identities, links, events: tallyThere.events, differences };
}

/** What has not as many rows there as here. */
export async function checkTables(copies: readonly MovedCopy[]): Promise<Difference[]> {
  const found = await Promise.all(copies.map((copy) => copy.compare()));
  return found.flat().map(({ table, here, there }) => ({
    what: 'table',
    name: table,
    expected: `${here} rows`,
    found: `${there} rows`,
  }));
}

const mapRowsPerRead = 50_000;

/** As queries see it. */
async function mapOf(eventStore: Stores['eventStore'], environment: string): Promise<MapRows> {
  const map = new Map<string, { identityId: string; known: boolean }>();
  for (let after: string | null = null; ; ) {
    const rows = await eventStore.readMap(environment, after, mapRowsPerRead);
    for (const row of rows) {
      if (row.first_seen !== null) map.set(row.distinct_id, { identityId: row.identity_id, known: Boolean(row.known) });
    }
    if (rows.length < mapRowsPerRead) return map;
    after = rows.at(-1)!.node_id;
  }
}
