import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { createServer } from '../../src/server.ts';

export const secretKey = 'sk_operating_test';
export const writeKey = 'pk_operating_test';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by the tests
type Body = any;

/** A whole server in this process, asked without a socket. */
export async function operatedServer(
  variables: Readonly<Record<string, string>>,
  /** What is done to the directory between its first start and this one. */
  prepare?: (directory: string) => void,
) {
  const directory = mkdtempSync(join(tmpdir(), 'onym-operating-'));
  const config = readConfig({
    ONYM_DATA_DIR: directory,
    ONYM_ENVIRONMENTS: 'production,staging',
    ONYM_INITIAL_SECRET_KEY: secretKey,
    ONYM_INITIAL_WRITE_KEY: writeKey,
    ...variables,
  });
  if (prepare !== undefined) {
    const first = await createServer({ config });
    await first.stop();
    prepare(directory);
  }
  const server = await createServer({ config });
  const call = async (method: 'GET' | 'POST', url: string, body?: unknown, key = secretKey) => {
    const response = await server.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: response.statusCode, text: response.body, headers: response.headers };
  };
  return {
    server,
    directory,
    call,
    post: async (url: string, body: unknown, key?: string): Promise<Body> =>
      JSON.parse((await call('POST', url, body, key)).text),
    get: async (url: string, key?: string): Promise<Body> => JSON.parse((await call('GET', url, undefined, key)).text),
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
