import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { unreadableParts } from './damaged-parts.ts';
import { databasesOf } from './databases.ts';
import { openEngine } from './engine/open-engine.ts';
import { literal } from './engine.ts';
import { dataPathOf } from './freeze.ts';
import { migrate } from './migrations.ts';
import type { FrozenEvents } from './types.ts';

/** Of parts that are damaged, below the event store's directory; everything else is in it. */
export type Unusable = readonly { readonly environment: string; readonly part: string; readonly problem: string }[];

/**
 * Fills an event store that holds no event with what was frozen in another: the parts are moved into it. The projection is left empty, and
 * identities that were folded into the events are forgotten: the first start makes both from the ledger that is there, whichever it is.
 * Once `signal` is aborted it ends before the next part.
 */
export async function adoptEvents(
  path: string,
  frozen: ReadonlyMap<string, FrozenEvents>,
  signal?: AbortSignal,
): Promise<Unusable> {
  const engine = await openEngine({ path });
  const unusable: { environment: string; part: string; problem: string }[] = [];
  try {
    for (const [environment, { parts, migration }] of frozen) {
      const databases = databasesOf(environment);
      const { data } = databases;
      await migrate(engine, databases, migration);
      const detached = join(await dataPathOf(engine, data), 'detached');
      for (const part of parts) {
        signal?.throwIfAborted();
        renameSync(part.path, join(detached, part.name));
        try {
          await engine.command(`ALTER TABLE ${data}.events ATTACH PART ${literal(part.name)}`);
        } catch (error) {
          unusable.push({ environment, part: part.name, problem: (error as Error).message.split('\n')[0]! });
        }
      }
      for (const part of await unreadableParts(engine, databases, { leaveOut: true })) {
        unusable.push({ environment, part, problem: 'it can not be read to its end' });
      }
      await engine.command(
        `ALTER TABLE ${data}.events UPDATE identity_id = node_id WHERE identity_id != node_id SETTINGS mutations_sync = 2`,
      );
    }
  } finally {
    await engine.close();
  }
  return unusable;
}
