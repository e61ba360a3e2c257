import { readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { OnymError } from '../errors.ts';
import type { Databases } from './databases.ts';
import { type Engine, literal } from './engine.ts';
import { newestMigration } from './migrations.ts';
import type { FrozenEvents } from './types.ts';

/** Where the engine keeps what is frozen, below its disk: hard links to the files of the parts. */
const shadow = 'shadow/onym';

/** Links every part of the events. Their patches are left out, which hold nothing but identities that are folded in: a restore forgets these. */
export async function freeze(engine: Engine, { data }: Databases): Promise<FrozenEvents> {
  const disk = await diskOf(engine);
  await engine.command(`ALTER TABLE ${data}.events FREEZE WITH NAME 'onym'`);
  const directory = join(disk, shadow, relative(disk, await dataPathOf(engine, data)));
  const parts = namesIn(directory).map((name) => ({ name, path: join(directory, name) }));
  return { parts, migration: newestMigration };
}

export async function thaw(engine: Engine): Promise<void> {
  rmSync(join(await diskOf(engine), shadow), { recursive: true, force: true });
}

/** Where the engine keeps the files of the events. */
export async function dataPathOf(engine: Engine, data: string): Promise<string> {
  const [row] = await engine.rows<{ path: string }>(
    `SELECT data_paths[1] AS path FROM system.tables WHERE database = ${literal(data)} AND name = 'events'`,
  );
  return row!.path;
}

async function diskOf(engine: Engine): Promise<string> {
  if (!engine.exclusive) {
    throw new OnymError('invalid-payload', 'A ClickHouse server keeps its own backups: use BACKUP there.');
  }
  const [row] = await engine.rows<{ path: string }>(`SELECT path FROM system.disks WHERE name = 'default'`);
  return row!.path;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    // Without a part the engine makes none.
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}
