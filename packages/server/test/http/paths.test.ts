import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get, pk, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

describe('a slash too many, as a base URL that ends in one makes it', () => {
  const good = { event: 'e', distinct_id: 'a', alias_id: 'b' };
  const around = (name: string) => [
    `//${name}`,
    `/${name}/`,
    `///${name}//`,
    `/${name}/?apiKey=${pk}`,
    `//${name}?x=/y/`,
  ];

  it.each(['track', 'identify', 'alias'])('does no harm to %s', async (name) => {
    for (const url of around(name)) {
      expect([url, (await post(t.app, url, good)).statusCode]).toEqual([url, 200]);
      const preflight = await t.app.inject({ method: 'OPTIONS', url, headers: { origin: 'https://shop.example' } });
      expect([url, preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([
        url,
        204,
        'POST',
      ]);
    }
    expect((await get(t.app, '/metrics')).body).toContain(`{route="/${name}",status="200"} 5`);
  });

  it('does no harm elsewhere', async () => {
    for (const url of [
      '//healthz',
      '/readyz/',
      '//v1/lint',
      '/v1//lint',
      '///v1//lint/',
      '/v1/ledger/?limit=1',
      '/v1//identities/a',
    ]) {
      expect([url, (await get(t.app, url)).statusCode]).toEqual([url, url.endsWith('/a') ? 404 : 200]);
    }
    expect((await post(t.app, '//v1/resolve/', { distinct_ids: ['a'] })).statusCode).toBe(200);
  });

  it('leaves ids as they are', async () => {
    const asked: string[] = [];
    t.services.people.identity = async (_environment, { id }) => {
      asked.push(id);
      return null;
    };
    for (const id of ['a%2F%2Fb', '%2F%2F', 'https%3A%2F%2Fx%2F', 'a%2F', '%2Fv1%2F']) {
      expect((await get(t.app, `/v1/identities/${id}`)).statusCode).toBe(404);
    }
    expect(asked).toEqual(['a//b', '//', 'https://x/', 'a/', '/v1/']);
    // An empty id is none, and not the name of what comes after it.
    for (const url of [
      '/v1/identities/',
      '/v1/identities//',
      '/v1/identities//events',
      '/v1/identities//export',
      '//v1//identities//',
    ]) {
      expect([url, (await get(t.app, url)).statusCode]).toEqual([url, expect.toBeOneOf([400, 404])]);
    }
    for (const url of [
      '/v1/identities/a//b',
      '/v1/identities/a//events',
      '/v1/identities/a/',
      '/v1track',
      '/v1/track',
      '/x//track',
    ]) {
      expect([url, (await get(t.app, url)).statusCode]).toEqual([url, 404]);
    }
    expect(asked).toHaveLength(5);
  });
});
