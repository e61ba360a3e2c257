import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { createServer } from '../../src/server.ts';
import { type Client, clientOf } from '../system/client.ts';

/** A publishable key as Altertable's clients have it: ONYM_INITIAL_WRITE_KEY takes it as it is. */
export const writeKey = 'pk_live_abc123def456';
export const secretKey = 'sk_compatibility_tests';

export interface RealServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** With the secret key. */
  readonly api: Client;
  stop(): Promise<void>;
}

/** A whole server with both engines, in this process, listening on a free port of 127.0.0.1. */
export async function startServer(): Promise<RealServer> {
  const directory = mkdtempSync(join(tmpdir(), 'onym-compatibility-'));
  const config = readConfig({
    ONYM_DATA_DIR: directory,
    ONYM_PORT: '0',
    ONYM_ENVIRONMENTS: 'production,staging',
    ONYM_INITIAL_WRITE_KEY: writeKey,
    ONYM_INITIAL_SECRET_KEY: secretKey,
    ONYM_SETTINGS: JSON.stringify({ staging: { anonymousPatterns: ['^session/'] } }),
  });
  const server = await createServer({ config });
  const url = await server.listen();
  return {
    url,
    api: clientOf(url, secretKey),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
