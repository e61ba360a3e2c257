import type { Page } from 'playwright-core';
import { api, place } from './browser.ts';

/** People that the tests of the person page make. */

export const call = (path: string, body: unknown): Promise<{ seq: number }> => api('POST', path, body);

export interface Made {
  readonly seq: { readonly joined: number; readonly billing: number; readonly refused: number; readonly last: number };
}

/** Somebody with a history: four ids now, one who was split off again, and evidence that was refused. `name` is in front of all their ids. */
export async function makePerson(name: string, environment = 'staging'): Promise<Made> {
  const at = { environment };
  const id = (rest: string) => `${name}:${rest}`;
  const traits = { plan: 'free', seats: 3 };
  await call('/track', eventsOf(id('visitor'), environment));
  const joined = await call('/identify', { ...at, distinct_id: id('ada'), anonymous_id: id('visitor'), traits });
  const billing = await call('/alias', { ...at, distinct_id: id('ada'), alias_id: id('billing') });
  await call('/identify', { ...at, distinct_id: id('ada'), traits: { plan: 'pro' } });
  const refused = await call('/identify', { ...at, distinct_id: id('eve'), anonymous_id: id('visitor') });
  await call('/alias', { ...at, distinct_id: id('ada'), alias_id: id('wrong') });
  await call('/v1/split', { ...at, distinct_id: id('ada'), from: id('wrong') });
  const last = await call('/alias', { ...at, distinct_id: id('billing'), alias_id: id('legacy') });
  return { seq: { joined: joined.seq, billing: billing.seq, refused: refused.seq, last: last.seq } };
}

/** 250 of them, an hour apart: every tenth is `ordered`, the others `viewed`. */
const eventsOf = (distinct_id: string, environment: string) =>
  Array.from({ length: 250 }, (_, index) => ({
    environment,
    distinct_id,
    event: index % 10 === 0 ? 'ordered' : 'viewed',
    timestamp: new Date(Date.UTC(2026, 0, 1) - index * 3_600_000).toISOString(),
    properties: { index, exact: index === 0 ? 0 : index },
  }));

/** A hub and so many ids beside it, as a CSV of pairs. */
export async function makeLarge(hub: string, size: number, environment: string): Promise<void> {
  const rows = Array.from({ length: size - 1 }, (_, index) => `${hub},${hub}:${String(index).padStart(5, '0')}`);
  const query = new URLSearchParams({ environment, kind: 'alias', batch: hub });
  const response = await fetch(`${place.url}/v1/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.secretKey}`, 'content-type': 'text/csv' },
    body: ['distinct_id,alias_id', ...rows].join('\n'),
  });
  const told = await response.text();
  if (!response.ok || !told.includes('"ok":true')) throw new Error(told);
}

export const personPath = (id: string, rest = '', environment = 'staging'): string =>
  `/e/${environment}/people/${encodeURIComponent(id)}${rest}`;

export const heading = (page: Page) => page.getByRole('heading', { level: 1 });
export const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
