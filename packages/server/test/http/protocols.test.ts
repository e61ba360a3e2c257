import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnymError } from '../../src/errors.ts';
import { callReaders } from '../../src/http/protocols/onym.ts';
import type { Protocol } from '../../src/http/protocols/protocol.ts';
import { isEvent } from '../../src/ingest/types.ts';
import { post, type TestApp, testApp } from './support.ts';

/** As a vendor might have it: all calls in one ordered array, the key in the body, and an answer of its own. */
const vendors: Protocol = [
  {
    url: '/batch',
    schema: { hide: true },
    scope: null,
    secretOf: ({ body }) => (body as { api_key?: string }).api_key ?? null,
    optionsOf: () => ({ dryRun: false, sync: false }),
    read: (body) => ({
      items: (body as { batch: unknown[] }).batch,
      readerOf(item) {
        const { type } = item as { type: keyof typeof callReaders };
        if (Object.hasOwn(callReaders, type)) return callReaders[type];
        throw new OnymError('invalid-payload', `There is no call ${type}.`);
      },
      write: (submitted) => ({
        status: 200,
        text: JSON.stringify({ status: submitted.map((one) => ('error' in one ? one.error.code : one.answer)) }),
      }),
    }),
  },
];

let t: TestApp;
let handed: { environment: string; calls: string[] }[];

beforeEach(() => {
  t = testApp({ protocols: [vendors] });
  handed = [];
  const { submit } = t.services.ingest;
  t.services.ingest.submit = (environment, calls, options) => {
    handed.push({ environment, calls: calls.map((call) => (isEvent(call) ? call.event.event : call.op)) });
    return submit(environment, calls, options);
  };
});
afterEach(() => t.app.close());

const said = (api_key: string | undefined, ...batch: object[]) => post(t.app, '/batch', { api_key, batch }, {});

describe('a protocol of mixed calls with the key in the body', () => {
  it('hands them over as one, in order, and answers in its own form', async () => {
    const answer = await said(
      'pk_test',
      { type: 'track', event: 'visit', distinct_id: 'anonymous-1' },
      { type: 'identify', distinct_id: 'user_1', anonymous_id: 'anonymous-1' },
      { type: 'track', event: 'signup', distinct_id: 'user_1' },
      { type: 'alias', distinct_id: 'user_1', alias_id: 'crm:1' },
    );
    expect(answer.statusCode).toBe(200);
    expect(handed).toEqual([{ environment: 'production', calls: ['visit', 'identify', 'signup', 'alias'] }]);
    const [visit, identified] = answer.json().status;
    expect(visit).toEqual({ verdict: 'applied', link: null });
    expect(identified).toMatchObject({ verdict: 'applied', canonicalId: 'user_1' });
  });

  it('an item that is no call, or that the key may not send, costs its neighbours nothing', async () => {
    const answer = await said(
      'pk_track_only',
      { type: 'track', event: 'visit', distinct_id: 'a' },
      { type: 'identify', distinct_id: 'user_1' },
      { type: 'group', distinct_id: 'user_1' },
    );
    expect(answer.json().status).toEqual([{ verdict: 'applied', link: null }, 'forbidden', 'invalid-payload']);
    expect(handed).toEqual([{ environment: 'production', calls: ['visit'] }]);
    expect(t.services.letters.map(({ call, errorCode }) => [call, errorCode])).toEqual([
      ['identify', 'forbidden'],
      ['unknown', 'invalid-payload'],
    ]);
  });

  it('refuses a body without a key, or with one that is unknown', async () => {
    for (const key of [undefined, 'pk_other']) {
      const answer = await said(key, { type: 'track', event: 'visit', distinct_id: 'a' });
      expect([answer.statusCode, answer.json().error_code]).toEqual([401, 'invalid-api-key']);
    }
    expect(handed).toEqual([]);
  });
});
