import type { Source, SplitOperation } from '@onym/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OnymError } from '../../errors.ts';
import { distinctIdOf, requiredDistinctIdOf } from '../../ingest/distinct-ids.ts';
import { parseTimestamp, timestampForms } from '../../ingest/timestamps.ts';
import { nodeId } from '../../node-id.ts';
import { formsFor } from '../../patterns.ts';
import type { SteeringAnswer, SteeringOperation } from '../../steering/types.ts';
import { mayRead, needs } from '../auth.ts';
import { withTextIds } from '../id-numbers.ts';
import { environmentFor, sourceOf } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { linkToWire } from '../wire.ts';
import * as schemas from './steering-schemas.ts';

/** Taking back and keeping apart: split, revert, separations, approve, reject. */
export async function steeringRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const { steering } = services;

  const splitIds = withTextIds('distinct_id', 'from', 'distinct_ids');
  const splitOptions = { ...needs('steer', schemas.split), preValidation: splitIds };
  app.post<schemas.SplitRoute>('/split', splitOptions, async (request) => {
    const { body, query } = request;
    const environment = environmentFor(request, services, body.environment);
    const operation = { op: 'split', target: splitTarget(body), ...asked(request) } as const;
    const result = await steering.run(environment, operation, optionsOf(query));
    const { fact } = result;
    const isReader = mayRead(request.key!);
    return {
      ...answerToWire(environment, result, isReader),
      revoked: fact?.op === 'split' ? fact.revoked : [],
      ...(isReader && {
        separations: fact?.op === 'split' ? fact.separations.map(([a, b]) => ({ a, b })) : [],
      }),
      still_connected: result.stillConnected,
      ...(isReader && { path: result.path.map(linkToWire) }),
    };
  });

  app.post<schemas.RevertRoute>('/revert', needs('steer', schemas.revert), async (request) => {
    const { body, query } = request;
    const environment = environmentFor(request, services, body.environment);
    const options = { ...optionsOf(query), separate: body.separate ?? false, source: sourceOf(request) };
    const result = await steering.revert(environment, scopeOf(body), options);
    return {
      ok: true,
      verdict: result.verdict,
      seqs: result.seqs,
      revoked: result.revoked,
      separations: result.separations,
      ...(result.blastRadius !== null && mayRead(request.key!) && { blast_radius: result.blastRadius }),
    };
  });

  const pairCall = async (request: FastifyRequest, op: 'separate' | 'lift', given: schemas.PairCall) => {
    const environment = environmentFor(request, services, given.environment);
    const operation = { op, a: namedId(given.a, 'a'), b: namedId(given.b, 'b'), ...asked(request) };
    const result = await steering.run(environment, operation, optionsOf(request.query as schemas.Options));
    return answerToWire(environment, result, mayRead(request.key!));
  };
  const preValidation = withTextIds('a', 'b');
  const separateOptions = { ...needs('steer', schemas.separate), preValidation };
  app.post<schemas.SeparateRoute>('/separations', separateOptions, (request) =>
    pairCall(request, 'separate', request.body),
  );
  const pairFields = { bodyFields: Object.keys(schemas.separate.body.properties) };
  const liftOptions = { ...needs('steer', schemas.lift, pairFields), preValidation };
  app.delete<schemas.LiftRoute>('/separations', liftOptions, (request) =>
    pairCall(request, 'lift', { ...request.query, ...request.body }),
  );

  const joinOptions = { ...needs('steer', schemas.join), preValidation: withTextIds('distinct_id', 'alias_id') };
  app.post<schemas.JoinRoute>('/links', joinOptions, async (request) => {
    const { body } = request;
    const environment = environmentFor(request, services, body.environment);
    const operation = await joinOf(environment, body, asked(request));
    const result = await steering.run(environment, operation, optionsOf(request.query));
    return answerToWire(environment, result, mayRead(request.key!));
  });

  async function joinOf(
    environment: string,
    { link, distinct_id, alias_id }: schemas.JoinRoute['Body'],
    by: ReturnType<typeof asked>,
  ): Promise<SteeringOperation> {
    if (link !== undefined && distinct_id === undefined && alias_id === undefined)
      return { ...(await steering.linkAgain(environment, link)), ...by };
    if (link !== undefined || distinct_id === undefined || alias_id === undefined) {
      throw new OnymError('invalid-payload', 'Send either {"distinct_id": "…", "alias_id": "…"}, or {"link": seq}.');
    }
    const forms = formsFor(services.settings(environment));
    const primary = requiredDistinctIdOf(distinct_id, 'distinct_id', forms);
    return {
      op: 'alias',
      kind: 'manual',
      primary,
      secondary: requiredDistinctIdOf(alias_id, 'alias_id', forms),
      ...by,
    };
  }

  for (const op of ['approve', 'reject'] as const) {
    const options = needs('steer', schemas.decide(op), { bodyFields: ['environment'] });
    app.post<schemas.LinkRoute>(`/links/:seq/${op}`, options, async (request) => {
      const environment = environmentFor(request, services, request.query.environment ?? request.body?.environment);
      const operation = { op, link: request.params.seq, ...asked(request) } as SteeringOperation;
      const result = await steering.run(environment, operation, optionsOf(request.query));
      return answerToWire(environment, result, mayRead(request.key!));
    });
  }
}

function optionsOf({ dry_run, sync }: schemas.Options) {
  return { dryRun: dry_run ?? false, sync: sync ?? false };
}

function asked(request: FastifyRequest): { timestamp: null; source: Source } {
  return { timestamp: null, source: sourceOf(request) };
}

function namedId(value: string | undefined, field: string): string {
  if (value === undefined)
    throw new OnymError('invalid-payload', `${field} is missing. Send both identifiers, as a and b.`);
  return distinctIdOf(value, field);
}

function splitTarget(body: schemas.SplitRoute['Body']): SplitOperation['target'] {
  const { link, distinct_id: a, from: b, distinct_ids: ids } = body;
  const forms = [link !== undefined, a !== undefined || b !== undefined, ids !== undefined];
  if (forms.filter(Boolean).length === 1) {
    if (link !== undefined) return { link };
    if (ids !== undefined) return { ids: ids.map((id, index) => distinctIdOf(id, `distinct_ids[${index}]`)) };
    if (a !== undefined && b !== undefined) return { a: distinctIdOf(a, 'distinct_id'), b: distinctIdOf(b, 'from') };
  }
  throw new OnymError(
    'invalid-payload',
    'Send one of {"link": seq}, {"distinct_id": "…", "from": "…"} and {"distinct_ids": ["…", …]}.',
  );
}

function scopeOf({ batch, key, from, to }: schemas.RevertRoute['Body']) {
  if (batch !== undefined && key === undefined && from === undefined && to === undefined) return { batch };
  if (batch === undefined && key !== undefined && from !== undefined && to !== undefined) {
    return { key, from: momentOf(from, 'from'), to: momentOf(to, 'to') };
  }
  throw new OnymError('invalid-payload', 'Send either {"batch": "…"}, or {"key": "…", "from": time, "to": time}.');
}

function momentOf(value: string | number, field: string): number {
  const moment = parseTimestamp(value);
  if (moment === null) throw new OnymError('invalid-timestamp', `${field} is not a moment. Send ${timestampForms}.`);
  return moment;
}

function answerToWire(environment: string, { answer, blastRadius }: SteeringAnswer, isReader: boolean) {
  return {
    ok: true,
    verdict: answer.verdict,
    ...(answer.reason === null ? {} : { reason: answer.reason }),
    ...(isReader && { identity_id: nodeId(environment, answer.canonicalId), canonical_id: answer.canonicalId }),
    seq: answer.seq,
    ...(blastRadius !== null && isReader && { blast_radius: blastRadius }),
  };
}
