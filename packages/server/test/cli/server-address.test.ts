import { expect, it } from 'vitest';
import { serverAddress } from '../../src/cli/server-address.ts';

it.each([
  ['http://127.0.0.1:7700', 'http://127.0.0.1:7700'],
  ['http://127.0.0.1:7700/', 'http://127.0.0.1:7700'],
  ['https://example.com/onym', 'https://example.com/onym'],
  ['https://example.com/a/onym//', 'https://example.com/a/onym'],
  ['127.0.0.1:7700', 'http://127.0.0.1:7700'],
  ['127.0.0.1', 'http://127.0.0.1'],
  ['localhost:7700', 'http://localhost:7700'],
  ['localhost', 'http://localhost'],
  ['[::1]:7700', 'http://[::1]:7700'],
  ['onym.internal:7700/onym', 'http://onym.internal:7700/onym'],
  ['nowhere', null],
  ['ftp://localhost', null],
  ['http://', null],
  ['https://user:password@example.com', null],
  ['https://example.com/?apiKey=sk_1', null],
  ['https://example.com/#a', null],
  ['', null],
])('%j is %j', (text, address) => {
  expect(serverAddress(text)).toBe(address);
});
