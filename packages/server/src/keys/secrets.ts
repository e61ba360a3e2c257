import { hash, randomBytes } from 'node:crypto';
import type { KeyKind } from './types.ts';

const secretBytes = 24;

const prefixByKind = { publishable: 'pk_', secret: 'sk_' } as const;

export function newSecret(kind: KeyKind): string {
  return prefixByKind[kind] + randomBytes(secretBytes).toString('base64url');
}

/** Secrets are random, so a plain hash is enough: there is nothing to guess from a dictionary. As text it takes a third of the time. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'hex');
