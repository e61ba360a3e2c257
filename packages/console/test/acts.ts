import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, vi } from 'vitest';
import { api, type Opened, open, place } from './browser.ts';

/** What tests of acts share: who is who by the API, and the buttons and toasts of the console. */

export interface Person {
  readonly canonical_id: string;
  readonly known: boolean;
  readonly identifiers: { readonly distinct_id: string; readonly known: boolean }[];
  readonly traits: Record<string, unknown>;
  readonly links: { readonly seq: number; readonly primary_id: string; readonly secondary_id: string }[];
}

/** The API of one environment. */
export function world(environment: string) {
  const post = <Answer = { verdict: string; reason?: string; seq: number; results?: { seq: number }[] }>(
    path: string,
    body: object,
  ) =>
    api<Answer>(
      'POST',
      path,
      Array.isArray(body) ? body.map((item) => ({ environment, ...item })) : { environment, ...body },
    );
  const get = <Answer>(path: string) =>
    api<Answer>('GET', `${path}${path.includes('?') ? '&' : '?'}environment=${environment}`);
  return {
    environment,
    post,
    get,
    alias: (distinct_id: string, alias_id: string, rest: object = {}) =>
      post('/alias', { distinct_id, alias_id, ...rest }),
    identify: (distinct_id: string, rest: object = {}) => post('/identify', { distinct_id, ...rest }),
    /** Sent with the publishable key. */
    publicAlias: async (items: readonly { distinct_id: string; alias_id: string }[]) => {
      const response = await fetch(`${place.url}/alias`, {
        method: 'POST',
        headers: { authorization: `Bearer ${place.writeKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(items.map((item) => ({ environment, ...item }))),
      });
      return (await response.json()) as { results: { verdict: string; seq: number }[] };
    },
    /** What a person can see of an identity, without times. */
    person: async (id: string) => {
      const { canonical_id, known, identifiers, traits } = await get<Person>(
        `/v1/identities/${encodeURIComponent(id)}?by=distinct_id`,
      );
      return {
        canonical_id,
        known,
        traits,
        identifiers: identifiers.map(({ distinct_id, known }) => `${distinct_id} ${known ? 'known' : 'anonymous'}`),
      };
    },
    canonical: async (id: string) =>
      (await post<{ identities: Record<string, { canonical_id: string }> }>('/v1/resolve', { distinct_ids: [id] }))
        .identities[id]!.canonical_id,
    separations: async (a: string, b: string) =>
      (await get<{ separations: unknown[] }>(`/v1/explain?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`))
        .separations.length,
    row: async (seq: number) =>
      (await get<{ rows: Record<string, unknown>[] }>(`/v1/ledger?after=${seq - 1}&limit=1`)).rows[0]!,
  };
}

/** One page for the tests of a file, each of which goes to an address of its own. Nothing may be wrong with it but what a server turned down. */
export function sharedPage(environment: string) {
  let opened: Opened | null = null;
  afterEach(() => {
    const complaints = opened?.complaints.splice(0) ?? [];
    expect(complaints.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
  });
  afterAll(async () => {
    await opened?.context.close();
  });
  /** `path` below the environment: `people`, `ledger/12`. */
  return async (path: string, search: Record<string, string> = {}): Promise<Page> => {
    const address = `/e/${environment}/${path}?${new URLSearchParams(search)}`;
    if (opened === null) opened = await open(address);
    else await opened.page.goto(place.url + address);
    return opened.page;
  };
}

/** The panel's own button. */
export const press = (page: Page, name: RegExp) => page.getByRole('dialog').getByRole('button', { name }).click();

export async function expectToast(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** The key of the toast; keys typed into a field, where the page's focus may be, are the field's. */
export async function undo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Undo', exact: true }).first().waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('z');
  await page.getByText('Undone', { exact: true }).waitFor();
}

export const soon = <T>(read: () => Promise<T>, expected: T) =>
  vi.waitFor(async () => expect(await read()).toEqual(expected), { timeout: 10_000, interval: 50 });
