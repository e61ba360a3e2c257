import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiTypes } from '../scripts/api-types.mjs';
import { place } from './browser.ts';

test('the types of the API are those of this server: else `npm run types -w @onym/console -- <URL>`', async () => {
  const document = await (await fetch(`${place.url}/openapi.json`)).json();
  expect(readFileSync(new URL('../src/api/schema.d.ts', import.meta.url), 'utf8')).toBe(await apiTypes(document));
});
