import { readConfig } from '../../src/config.ts';
import { createServer, type Server } from '../../src/server.ts';
import { engineVariables } from '../nodes/engines-under-test.ts';

export const secretKey = 'sk_lint_test_0123456789';
export const writeKey = 'pk_lint_test_0123456789';

export async function startServer(directory: string, environments: readonly string[]): Promise<Server> {
  return createServer({
    config: readConfig({
      ...(await engineVariables(directory)),
      ONYM_DATA_DIR: directory,
      ONYM_ENVIRONMENTS: environments.join(','),
      ONYM_INITIAL_SECRET_KEY: secretKey,
      ONYM_INITIAL_WRITE_KEY: writeKey,
    }),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked at by the tests
export type Body = any;

/** Calls in one environment as an application makes them, and the findings they leave. */
export function world(server: Server, environment: string, lib = 'shop-backend') {
  const inject = (method: 'GET' | 'POST', url: string, body?: object, key = secretKey) =>
    server.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { payload: body }),
    });
  const send = async (url: string, item: object, key?: string): Promise<Body> =>
    (await inject('POST', url, { environment, properties: { $lib: lib }, ...item }, key)).json();
  const report = async (query = ''): Promise<Body> =>
    (await inject('GET', `/v1/lint?environment=${environment}${query}`)).json();
  return {
    inject,
    send,
    report,
    track: (item: object, key?: string) => send('/track', { event: 'seen', ...item }, key),
    identify: (distinct_id: string, anonymous_id?: string, rest: object = {}) =>
      send('/identify', { distinct_id, anonymous_id, ...rest }),
    alias: (distinct_id: string, alias_id: string, rest: object = {}, key?: string) =>
      send('/alias', { distinct_id, alias_id, ...rest }, key),
    findings: async (query = ''): Promise<Body[]> => (await report(query)).findings,
    rules: async (): Promise<string[]> => (await report()).findings.map(({ rule }: Body) => rule),
  };
}

/** What a person does on a well-behaved site: visits, signs up, pays, comes back. */
export async function goodTour({ track, identify, alias }: ReturnType<typeof world>): Promise<void> {
  for (let visit = 0; visit < 3; visit++) {
    await track({ distinct_id: 'anonymous-7f3a', event: 'page_viewed' });
    await track({ anonymous_id: 'anonymous-7f3a', device_id: 'device-1', event: 'page_viewed' });
  }
  await identify('user_123', 'anonymous-7f3a', { traits: { email: 'ada@example.com', plan: 'free' } });
  await track({ distinct_id: 'user_123', anonymous_id: 'anonymous-7f3a', event: 'signed_up' });
  await alias('user_123', 'stripe:cus_abc123');
  await alias('user_123', 'crm:0042');
  await alias('user_123', 'legacy:ada');
  await track({ distinct_id: 'stripe:cus_abc123', event: 'invoice_paid', timestamp: '2024-02-29T12:00:00Z' });
  // The same person on a phone, and calls sent again after a lost answer.
  await identify('user_123', '0d5a8c1e-3b52-4c1b-9c3e-7f1f4a1c2b3d');
  for (let retry = 0; retry < 3; retry++) {
    await identify('user_123', 'anonymous-7f3a', { traits: { plan: 'free' } });
    await alias('user_123', 'stripe:cus_abc123');
  }
}
