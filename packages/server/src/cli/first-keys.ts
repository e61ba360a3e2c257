import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, ConfigError } from '../config.ts';
import type { KeyPair } from '../keys/types.ts';
import { shown } from './print.ts';

/** In the data directory, unless ONYM_KEYS_FILE names another. */
const fileName = 'first-keys.env';

/**
 * What tells of the keys that a first start made; empty where it made none. A terminal shows them. What goes into a log stays there, and is
 * read by many: there a file of mode 0600 has them, and its path is told.
 */
export function tellFirstKeys(keys: KeyPair, config: Config, isTerminal = process.stdout.isTTY): string[] {
  const lines = [
    ...(keys.writeKey === null ? [] : [`ONYM_WRITE_KEY=${keys.writeKey}`]),
    ...(keys.secretKey === null ? [] : [`ONYM_SECRET_KEY=${keys.secretKey}`]),
  ];
  if (lines.length === 0) return [];
  const { keysFile } = config;
  if (keysFile === '-' || (keysFile === null && isTerminal)) {
    return ['Keys made by this first start. They are shown once; keep them:', ...lines.map((line) => `  ${line}`)];
  }
  const file = keysFile ?? join(config.dataDir, fileName);
  writeKeys(file, lines);
  return [
    'Keys made by this first start are in a file that this user alone can read. Keep them, then delete it:',
    `  ${shown(file)}`,
  ];
}

/** On disk and whole before anybody is told: the server itself keeps hashes alone. */
function writeKeys(file: string, lines: readonly string[]): void {
  const partial = `${file}.part`;
  try {
    // What an interrupted start left there has rights of its own.
    rmSync(partial, { force: true });
    const opened = openSync(partial, 'wx', 0o600);
    try {
      writeFileSync(opened, `${lines.join('\n')}\n`);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(partial, file);
  } catch (error) {
    throw new ConfigError(
      `The keys of this first start can't be written to ${file} (${(error as Error).message}), and nobody has seen them. Make others with \`onym keys create\`, and \`onym keys revoke\` first-write-key and first-secret-key; or begin again with another ONYM_KEYS_FILE, and with an empty data directory, or an empty schema where servers share a PostgreSQL.`,
    );
  }
}
