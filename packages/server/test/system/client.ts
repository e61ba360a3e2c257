import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer<Body = Json> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

/** What tests look into; every field is checked by what it is compared with. */
// biome-ignore lint/suspicious/noExplicitAny: the answers are what is under test
export type Json = any;

export interface LedgerRow {
  readonly seq: number;
  readonly op: string;
  readonly verdict: string;
  readonly link: { readonly primary_id: string; readonly secondary_id: string; readonly verdict: string } | null;
  readonly traits?: readonly { readonly key: string }[];
  readonly subject?: string | null;
}

/** Asks a server, with one key. */
export interface Client {
  readonly url: string;
  request(method: string, path: string, init?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** As post and get, and throws unless the answer is a 200. */
  posted(path: string, body: unknown): Promise<Json>;
  got(path: string): Promise<Json>;
  /** The rows of a statement. */
  rows(sql: string, environment?: string): Promise<Json[]>;
  /** The whole ledger of an environment, page by page. */
  ledger(environment?: string): Promise<LedgerRow[]>;
  /** canonical id by distinct id. */
  canonicals(ids: readonly string[], environment?: string): Promise<Map<string, string>>;
}

export function clientOf(url: string, key: string | null): Client {
  const request: Client['request'] = async (method, path, { body, headers = {} } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  };
  const expectOk = (method: string, path: string, { status, text, body }: Answer) => {
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 1_000)}`);
    return body;
  };
  const posted: Client['posted'] = async (path, body) =>
    expectOk('POST', path, await request('POST', path, { body: body ?? null }));
  const got: Client['got'] = async (path) => expectOk('GET', path, await request('GET', path));

  return {
    url,
    request,
    post: (path, body) => request('POST', path, { body: body ?? null }),
    get: (path) => request('GET', path),
    posted,
    got,
    rows: async (sql, environment = 'production') => (await posted('/v1/query', { environment, sql })).data,
    async ledger(environment = 'production') {
      const rows: LedgerRow[] = [];
      for (let after: string | null = '0'; after !== null; ) {
        const query = new URLSearchParams({ environment, after, limit: '1000' });
        const page: { rows: LedgerRow[]; next: string | null } = await got(`/v1/ledger?${query}`);
        rows.push(...page.rows);
        after = page.next;
      }
      return rows;
    },
    async canonicals(ids, environment = 'production') {
      const found = new Map<string, string>();
      for (let from = 0; from < ids.length; from += 10_000) {
        const body = { environment, distinct_ids: ids.slice(from, from + 10_000) };
        const { identities } = await posted('/v1/resolve', body);
        for (const [id, identity] of Object.entries<Json>(identities)) found.set(id, identity.canonical_id);
      }
      return found;
    },
  };
}

function jsonOf(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Resolves once `holds` does; throws what it says (or threw) when it still does not after a long time. */
export async function eventually(holds: () => Promise<boolean>, what: string, maxMs = 30_000): Promise<void> {
  const before = Date.now();
  while (!(await holds())) {
    if (Date.now() - before > maxMs) throw new Error(`Not after ${maxMs} ms: ${what}`);
    await sleep(50);
  }
}

export interface StreamEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Json;
}

/** Reads server-sent events of the ledger until `count` have come, then closes the stream. */
export async function streamed(
  url: string,
  key: string,
  path: string,
  count: number,
  lastEventId?: number,
): Promise<StreamEvent[]> {
  const gone = new AbortController();
  const response = await fetch(url + path, {
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    },
    signal: gone.signal,
  });
  if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  const events: StreamEvent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ')[0]!, line.slice(line.indexOf(': ') + 2)]),
      );
      if (!fields.has('data')) continue;
      events.push({ id: Number(fields.get('id')), event: fields.get('event')!, data: JSON.parse(fields.get('data')!) });
    }
    if (events.length >= count) break;
  }
  gone.abort();
  return events;
}
