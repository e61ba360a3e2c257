import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Gauge } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpMetrics } from '../../src/http/metrics.ts';
import { get, post, type TestApp, testApp } from './support.ts';

let t: TestApp;
beforeEach(() => {
  t = testApp();
});
afterEach(() => t.app.close());

describe('health', () => {
  it('is told without a key', async () => {
    expect((await get(t.app, '/healthz', {})).json()).toEqual({ ok: true });
    expect((await get(t.app, '/readyz', {})).json()).toEqual({ ok: true, ready: true, reasons: [] });
    t.services.obstacles = async () => [
      { code: 'storage-full', reason: 'The disk is full.' },
      { code: 'overloaded', reason: 'The journal is full.' },
    ];
    const response = await get(t.app, '/readyz', {});
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    expect(response.json()).toEqual({
      ok: false,
      error_code: 'storage-full',
      message: 'The disk is full. The journal is full.',
      ready: false,
      reasons: ['The disk is full.', 'The journal is full.'],
    });
    expect((await get(t.app, '/healthz', {})).statusCode).toBe(200);
  });
});

describe('/metrics', () => {
  it('counts requests by route and status', async () => {
    await post(t.app, '/track', { event: 'e', distinct_id: 'a' });
    await post(t.app, '/track', { event: 'e', distinct_id: 'a' });
    await post(t.app, '/track', {});
    await get(t.app, '/v1/identities/somebody');
    await get(t.app, '/nowhere/at/all');
    const response = await get(t.app, '/metrics');
    expect(response.headers['content-type']).toContain('text/plain');
    const lines = response.body.split('\n');
    expect(lines).toContain('# TYPE onym_http_requests_total counter');
    expect(lines).toContain('onym_http_requests_total{route="/track",status="200"} 2');
    expect(lines).toContain('onym_http_requests_total{route="/track",status="400"} 1');
    expect(lines).toContain('onym_http_requests_total{route="/v1/identities/:id",status="404"} 1');
    expect(lines).toContain('onym_http_requests_total{route="unknown",status="404"} 1');
    expect(lines).toContain('# TYPE onym_http_request_duration_seconds histogram');
    expect(lines).toContain('onym_http_request_duration_seconds_bucket{le="+Inf",route="/track"} 3');
    expect(lines).toContain('onym_http_request_duration_seconds_count{route="/track"} 3');
  });

  it('counts into cumulative buckets', async () => {
    const metrics = createHttpMetrics();
    for (const seconds of [0.0005, 0.001, 0.02, 100]) metrics.observe('/r', 200, seconds);
    const text = await metrics.text();
    expect(text).toContain('_bucket{le="0.001",route="/r"} 2\n');
    expect(text).toContain('_bucket{le="0.01",route="/r"} 2\n');
    expect(text).toContain('_bucket{le="0.025",route="/r"} 3\n');
    expect(text).toContain('_bucket{le="30",route="/r"} 3\n');
    expect(text).toContain('_bucket{le="+Inf",route="/r"} 4\n');
    expect(text).toContain('_sum{route="/r"} 100.0215\n');
  });

  it('shows what others register', async () => {
    const metrics = createHttpMetrics();
    new Gauge({ name: 'onym_test', help: 'h', registers: [metrics.registry] }).set(7);
    const other = testApp({ metrics });
    expect((await get(other.app, '/metrics')).body).toContain('onym_test 7');
    await other.app.close();
  });
});

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const response = await get(t.app, '/openapi.json', {});
    const document = response.json();
    expect(document.openapi).toBe('3.1.0');
    const directory = mkdtempSync(join(tmpdir(), 'onym-openapi-'));
    writeFileSync(join(directory, 'openapi.json'), response.body);
    const validator = new Validator();
    const result = await validator.validate(join(directory, 'openapi.json'));
    rmSync(directory, { recursive: true });
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    // Throws for a reference that leads nowhere.
    validator.resolveRefs();
  });

  it('describes every operation and each of its answers', async () => {
    const document = (await get(t.app, '/openapi.json', {})).json();
    const items = Object.values(document.paths as Record<string, Record<string, Operation>>);
    const operations = items.flatMap((item) => Object.values(item));
    for (const operation of operations) {
      expect(operation.summary).toMatch(/\w/);
      for (const answer of Object.values(operation.responses)) {
        expect(answer.description).not.toBe('Default Response');
        expect(Object.values(answer.content)[0]).toHaveProperty('schema');
      }
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const { responses, requestBody } = document.paths['/track'].post;
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '413', '415', '422', '429', '500', '503']);
    expect(responses['401'].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Error' });
    expect(requestBody.content['application/json'].schema.anyOf).toHaveLength(2);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining([
        'Error',
        'Answer',
        'ArrayAnswer',
        'ArrayError',
        'Link',
        'Event',
        'LedgerRow',
        'BlastRadius',
        'Key',
        'SavedQuery',
      ]),
    );
  });
});

interface Operation {
  summary: string;
  operationId: string;
  responses: Record<string, { description: string; content: Record<string, object> }>;
}
