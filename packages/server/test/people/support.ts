import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { nodeId } from '../../src/node-id.ts';
import { createServer, type Server } from '../../src/server.ts';
import { compareMap, compareStored, type Difference, foldLedger } from '../../src/verify/identity-check.ts';
import { engineVariables } from '../nodes/engines-under-test.ts';

const secretKey = 'sk_erasure_test_0123456789';
export const writeKey = 'pk_erasure_test_0123456789';

export async function startServer(directory: string): Promise<Server> {
  return createServer({
    config: readConfig({
      ...(await engineVariables(directory)),
      ONYM_DATA_DIR: directory,
      ONYM_ENVIRONMENTS: 'production,staging',
      ONYM_INITIAL_SECRET_KEY: secretKey,
      ONYM_INITIAL_WRITE_KEY: writeKey,
    }),
  });
}

export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onym-erasure-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by the tests
type Body = any;

export function clientOf(server: Pick<Server, 'app'>) {
  async function call(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, key = secretKey) {
    const payload = body === undefined ? {} : { payload: body };
    const response = await server.app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...payload });
    return { status: response.statusCode, headers: response.headers, text: response.body };
  }
  const json = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object): Promise<Body> =>
    JSON.parse((await call(method, url, body)).text);
  return {
    call,
    json,
    post: (url: string, body: object) => json('POST', url, body),
    identify: (distinct_id: string, anonymous_id?: string, traits?: object) =>
      json('POST', '/identify', { distinct_id, anonymous_id, traits }),
    alias: (distinct_id: string, alias_id: string) => json('POST', '/alias', { distinct_id, alias_id }),
    track: (distinct_id: string, rest: object = {}) => json('POST', '/track', { event: 'seen', distinct_id, ...rest }),
    erase: (id: string, query = '') =>
      json('DELETE', `/v1/identities/${encodeURIComponent(id)}?by=distinct_id${query}`),
    identity: (id: string) => json('GET', `/v1/identities/${encodeURIComponent(id)}?by=distinct_id`),
    ledger: async () => (await json('GET', '/v1/ledger?limit=1000')).rows,
    query: async (sql: string): Promise<Body[]> => (await json('POST', '/v1/query', { sql })).data,
  };
}

/** What `onym verify` compares. */
export async function differencesOf({ identityStore, services }: Server, environment = 'production') {
  const differences: Difference[] = [];
  const report = (difference: Difference) => void differences.push(difference);
  const { head } = await identityStore.environment(environment);
  const state = await foldLedger(identityStore, environment, head, report);
  compareStored(state, await identityStore.changes(environment, -1, 1_000_000), report);
  const sql = 'SELECT distinct_id, identity_id, known FROM identifiers LIMIT 100000';
  let text = '';
  for await (const chunk of await services.reads.query(environment, sql, { format: 'JSONEachRow' })) {
    text += Buffer.from(chunk).toString('utf8');
  }
  const map = new Map<string, { identityId: string; known: boolean }>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const row = JSON.parse(line);
    map.set(row.distinct_id, { identityId: row.identity_id, known: Boolean(row.known) });
  }
  compareMap(state, map, (id) => nodeId(environment, id), report);
  return differences;
}

/** Files below the directory that hold one of these texts; of the event store's own, none are looked at. */
export async function filesWith(directory: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(directory, 'events'))) continue;
    const content = await readFile(path);
    for (const text of texts) if (content.includes(text)) found.push(`${path.slice(directory.length + 1)}: ${text}`);
  }
  return found;
}
