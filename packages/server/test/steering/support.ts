import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createServer, type Server } from '../../src/server.ts';
import { engineVariables } from '../nodes/engines-under-test.ts';

export const keys = { secret: 'sk_steering_test', web: 'pk_steering_test' };

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by the tests
export type Body = any;

/**
 * One server for all tests of a file, with both engines. The environments env0, env1, … have the settings given; what is returned hands out
 * one of their names, or one more environment that no other test uses.
 */
export function steeredServer(settings: readonly object[]) {
  const names = Array.from({ length: 20 }, (_, index) => `env${index}`);
  const directory = mkdtempSync(join(tmpdir(), 'onym-steering-'));
  let server: Server;
  let used = settings.length;

  beforeAll(async () => {
    const config = readConfig({
      ...(await engineVariables(directory)),
      ONYM_DATA_DIR: directory,
      ONYM_ENVIRONMENTS: names.join(','),
      ONYM_INITIAL_SECRET_KEY: keys.secret,
      ONYM_INITIAL_WRITE_KEY: keys.web,
      ONYM_SETTINGS: JSON.stringify(Object.fromEntries(settings.map((own, index) => [names[index], own]))),
    });
    server = await createServer({ config });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  return function world(environment = names[used++]!) {
    const call = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, key = keys.secret) => {
      const headers = { authorization: `Bearer ${key}` };
      const response = await server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
      return { status: response.statusCode, body: response.json() as Body };
    };
    const post = async (url: string, body: object, key?: string) =>
      (await call('POST', url, { environment, ...body }, key)).body;
    const get = async (url: string) =>
      (await call('GET', `${url}${url.includes('?') ? '&' : '?'}environment=${environment}`)).body;
    return {
      environment,
      call,
      post,
      get,
      identity: (id: string) => get(`/v1/identities/${encodeURIComponent(id)}?by=distinct_id`),
      rows: async (sql: string) => (await post('/v1/query', { sql })).data as Body[],
    };
  };
}
