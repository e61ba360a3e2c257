import type { Source } from '@onym/core';
import type { FastifyRequest } from 'fastify';
import { OnymError } from '../errors.ts';
import { distinctIdOf } from '../ingest/distinct-ids.ts';
import { defaultEnvironment } from '../ingest/read-call.ts';
import { parseTimestamp, timestampForms } from '../ingest/timestamps.ts';
import type { At, IdentityName } from '../people/types.ts';
import { checkEnvironment, consoleName } from './auth.ts';
import type { Services } from './services.ts';

/** What the routes of readers and of those who steer have in common, once their schemas have passed. */

export function environmentFor(request: FastifyRequest, services: Services, named: string | undefined): string {
  const environment = named ?? defaultEnvironment;
  checkEnvironment(services.environments(), request.key!, environment);
  return environment;
}

/** How the ledger names who asks: by the key, and whether it was done in the console. */
export const sourceOf = ({ key, session }: FastifyRequest): Source => ({
  key: key!.name,
  lib: session === null ? null : consoleName,
  batch: null,
  public: false,
});

export function atOf({ as_of, as_of_seq }: { as_of?: string | number; as_of_seq?: number }): At {
  if (as_of === undefined) return { asOf: null, asOfSeq: as_of_seq ?? null };
  if (as_of_seq !== undefined) {
    throw new OnymError('invalid-payload', 'as_of and as_of_seq are both given. Send one of them.');
  }
  const asOf = parseTimestamp(as_of);
  if (asOf === null) throw new OnymError('invalid-timestamp', `as_of is not a moment. Send ${timestampForms}.`);
  return { asOf, asOfSeq: null };
}

export function identityNameOf(id: string, by: string | undefined): IdentityName {
  return { id: distinctIdOf(id, 'The id in the path'), by: (by as IdentityName['by'] | undefined) ?? null };
}

/** Throws `not-found` for null. */
export function found<T>(value: T | null, { id }: IdentityName): T {
  if (value !== null) return value;
  throw new OnymError(
    'not-found',
    `There is no identity of ${JSON.stringify(id.slice(0, 64))} here. Check the id and the environment.`,
  );
}
