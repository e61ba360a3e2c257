import { OnymError } from '../errors.ts';
import type { KeyKind } from './types.ts';

/** `https://shop.example`, or `https://*.shop.example` for all that is below it. */
const subdomains = /^(https?:\/\/)\*\./i;

/** The origins asked for, as browsers write them, each once. Throws OnymError with what is wrong. */
export function originsFrom(kind: KeyKind, asked: readonly string[]): string[] {
  if (kind === 'secret') {
    throw new OnymError(
      'invalid-payload',
      'Origins are for publishable keys: a secret key belongs in no page. Leave the origins out, or make a publishable key.',
    );
  }
  if (asked.length === 0) {
    throw new OnymError('invalid-payload', 'No origin is given. Give at least one, such as https://shop.example.');
  }
  return [...new Set(asked.map(originOf))];
}

function originOf(text: string): string {
  const isBelow = subdomains.test(text);
  const plain = text.replace(subdomains, '$1').replace(/\/$/, '');
  const url = URL.canParse(plain) ? new URL(plain) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/` || url.host.includes('*')) {
    throw new OnymError(
      'invalid-payload',
      `${JSON.stringify(text)} is no origin. Give the scheme and the host of the pages, and the port where there is one, without a path: https://shop.example or https://*.shop.example.`,
    );
  }
  return isBelow ? `${url.protocol}//*.${url.host}` : url.origin;
}

/** `origin`: what a browser says of a page; `null` of one it will not name. */
export function allowsOrigin(origins: readonly string[], origin: string): boolean {
  return origins.some((allowed) => {
    if (!subdomains.test(allowed)) return origin === allowed;
    const [scheme, host] = allowed.split('*') as [string, string];
    return origin.startsWith(scheme) && origin.endsWith(host) && origin.length >= allowed.length;
  });
}
