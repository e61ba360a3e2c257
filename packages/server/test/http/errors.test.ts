import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ErrorCode, OnymError, statusByErrorCode } from '../../src/errors.ts';
import { asSecret, get, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

describe('every error code', () => {
  it.each(Object.entries(statusByErrorCode))('%s is %i, thrown by a service', async (code, status) => {
    t.services.people.explain = async () => {
      throw new OnymError(code as ErrorCode, 'What is wrong. What to do.');
    };
    const response = await get(t.app, '/v1/explain?a=a&b=b');
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.json()).toEqual({ ok: false, error_code: code, message: 'What is wrong. What to do.' });
    expect(response.headers['retry-after']).toBe(status === 429 || status === 503 ? '1' : undefined);
  });
});

describe('Retry-After', () => {
  it('is what the error says, in whole seconds', async () => {
    t.services.answering.submit = async () => {
      throw new OnymError('storage-full', 'Full.', { retryAfterSeconds: 9.2 });
    };
    const response = await post(t.app, '/identify', { distinct_id: 'a' });
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '10']);
  });
});

describe('an unexpected error', () => {
  it('is internal-error, and tells nothing', async () => {
    t.services.people.resolve = async () => {
      throw new Error('password=hunter2');
    };
    const response = await post(t.app, '/v1/resolve', { distinct_ids: ['a'] });
    expect([response.statusCode, response.json().error_code]).toEqual([500, 'internal-error']);
    expect(response.body).not.toContain('hunter2');
  });
});

describe('routes', () => {
  it.each(['/nowhere', '/v1', '/v1/nowhere', '/track/x', '/v1/identities/a/b'])('GET %s is not-found', async (url) => {
    const response = await get(t.app, url);
    expect([response.statusCode, response.json().error_code]).toEqual([404, 'not-found']);
  });

  it.each([
    ['GET', '/track', 'POST, OPTIONS'],
    ['GET', '//track/', 'POST, OPTIONS'],
    ['PUT', '/alias?x=1', 'POST, OPTIONS'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['PATCH', '/v1/identities/a%2Fb', 'GET, HEAD, DELETE'],
    ['GET', '/v1/resolve', 'POST'],
  ] as const)('%s %s is method-not-allowed', async (method, url, allow) => {
    const response = await t.app.inject({ method, url, headers: asSecret });
    expect([response.statusCode, response.json().error_code]).toEqual([405, 'method-not-allowed']);
    expect(response.headers.allow).toBe(allow);
  });

  it('an empty id is invalid-payload', async () => {
    for (const url of ['/v1/identities/', '/v1/identities/a/traits/']) {
      expect((await get(t.app, url)).json()).toMatchObject({ error_code: 'invalid-payload' });
    }
  });

  it('a path that is no UTF-8 is invalid-payload', async () => {
    for (const url of ['/v1/identities/%', '/v1/identities/%ff', '/v1/identities/%ed%a0%80/events']) {
      const response = await get(t.app, url);
      expect([response.statusCode, response.json().error_code]).toEqual([400, 'invalid-payload']);
    }
  });
});

describe('validation', () => {
  it.each<[string, unknown]>([
    ['no body', undefined],
    ['an array', []],
    ['no ids', {}],
    ['a fraction for an id', { distinct_ids: [1.5] }],
    ['text for ids', { distinct_ids: 'a' }],
    ['a number for the environment', { distinct_ids: [], environment: 1 }],
    ['text for a seq', { distinct_ids: [], as_of_seq: '1' }],
    ['a field it does not know', { distinct_ids: [], distinct_id: 'a' }],
  ])('of a body converts nothing: %s is invalid-payload', async (_name, body) => {
    const response = await post(t.app, '/v1/resolve', body ?? '""');
    expect([response.statusCode, response.json().error_code]).toEqual([400, 'invalid-payload']);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=ten',
    'limit=1.5',
    'limit=1e2',
    'limit=',
    'limit=true',
    'limit=5&limit=6',
    'as_of_seq=-1',
    'by=email',
    'next=abc',
  ])('of a query string: %s is invalid-payload', async (query) => {
    const response = await get(t.app, `/v1/identities/a?${query}`);
    expect([response.statusCode, response.json().error_code]).toEqual([400, 'invalid-payload']);
    expect(response.json().message).toMatch(/\.$/);
  });
});
