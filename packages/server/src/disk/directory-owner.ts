import { accessSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.ts';
import { directoryProblem } from './directory-problem.ts';

/** Where what another user made stands in the way of the next start. */
const looked = ['', 'journal', 'events', 'events/config', 'events/data'];

/**
 * Throws ConfigError where the directory, or what is near its top, belongs to another user than this process: what root makes in it, its
 * owner could not use again. A directory that is not there belongs to nobody.
 */
export function checkOwner(path: string): void {
  const user = process.geteuid?.();
  if (user === undefined || !isReachable(path)) return;
  const owner = statSync(path).uid;
  if (owner !== user) {
    const name = nameOf(owner);
    throw new ConfigError(
      `The data directory ${path} belongs to ${described(owner)}, and this runs as ${described(user)}: that could leave files there which its owner can't use. Run it as that user: sudo -u ${name ?? `'#${owner}'`} onym … Or give the directory to this one: chown -R ${nameOf(user) ?? user} ${path}`,
    );
  }
  // Root can use what is anybody's.
  if (user === 0) return;
  for (const directory of looked) {
    for (const name of namesIn(join(path, directory))) {
      const file = join(path, directory, name);
      const other = ownerOf(file);
      if (other === null || other === user || (directory === '' && !isOwnName(name))) continue;
      throw new ConfigError(
        `${file} belongs to ${described(other)}, and this runs as ${described(user)}, who can't use it. Something ran as another user before. Give it back: sudo chown -R ${nameOf(user) ?? user} ${path}`,
      );
    }
  }
}

function isReachable(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EACCES') throw directoryProblem(error, path);
    return false;
  }
}

const isOwnName = (name: string): boolean => /^(journal|events|imports|[a-z-]+\.db(-wal|-shm)?)$/.test(name);

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function ownerOf(file: string): number | null {
  try {
    return statSync(file).uid;
  } catch {
    try {
      return lstatSync(file).uid;
    } catch {
      return null;
    }
  }
}

const described = (uid: number): string => {
  const name = nameOf(uid);
  return name === null ? `the user with the id ${uid}` : `the user ${name}`;
};

function nameOf(uid: number): string | null {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , id] = line.split(':');
      if (name && id === String(uid)) return name;
    }
  } catch {
    // A system that keeps its users elsewhere.
  }
  return null;
}
