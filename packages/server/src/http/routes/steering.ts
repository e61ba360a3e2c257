import type { Source, SplitOperation } from '@onym/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OnymError } from '../../errors.ts';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { parseTimestamp, timestampForms } from '../../ingest/timestamps.ts';
import { nodeId } from '../../node-id.ts';
import type { SteeringAnswer, SteeringOperation } from '../../steering/types.ts';
import { withTextIds } from '../id-numbers.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import * as schemas from '../steering-schemas.ts';
import { linkToWire } from '../wire.ts';

/** Taking back and keeping apart: split, revert, separations, approve, reject. */
export async function steeringRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const { steering } = services;

  const splitIds = withTextIds('distinct_id', 'from', 'distinct_ids');
  app.post<schemas.SplitRoute>('/split', { schema: schemas.split, preValidation: splitIds }, async (request) => {
    const { body, query } = request;
    const environment = environmentFor(request, services, body.environment);
    const operation = { op: 'split', target: splitTarget(body), ...asked(request) } as const;
    const result = await steering.run(environment, operation, optionsOf(query));
    const { fact } = result;
    return {
      ...answerToWire(environment, result),
      revoked: fact?.op === 'split' ? fact.revoked : [],
      separations: fact?.op === 'split' ? fact.separations.map(([a, b]) => ({ a, b })) : [],
      still_connected: result.stillConnected,
      path: result.path.map(linkToWire),
    };
  });

  app.post<schemas.RevertRoute>('/revert', { schema: schemas.revert }, async (request) => {
    const { body, query } = request;
    const environment = environmentFor(request, services, body.environment);
    const options = { ...optionsOf(query), separate: body.separate ?? false, source: asked(request).source };
    const result = await steering.revert(environment, scopeOf(body), options);
    return {
      ok: true,
      verdict: result.verdict,
      seqs: result.seqs,
      revoked: result.revoked,
      separations: result.separations,
      ...(result.blastRadius === null ? {} : { blast_radius: result.blastRadius }),
    };
  });

  const pairCall = async (request: FastifyRequest, op: 'separate' | 'lift', given: schemas.PairCall) => {
    const environment = environmentFor(request, services, given.environment);
    const operation = { op, a: namedId(given.a, 'a'), b: namedId(given.b, 'b'), ...asked(request) };
    return answerToWire(
      environment,
      await steering.run(environment, operation, optionsOf(request.query as schemas.Options)),
    );
  };
  const pairIds = withTextIds('a', 'b');
  app.post<schemas.SeparateRoute>('/separations', { schema: schemas.separate, preValidation: pairIds }, (request) =>
    pairCall(request, 'separate', request.body),
  );
  app.delete<schemas.LiftRoute>('/separations', { schema: schemas.lift, preValidation: pairIds }, (request) =>
    pairCall(request, 'lift', { ...request.query, ...request.body }),
  );

  for (const op of ['approve', 'reject'] as const) {
    app.post<schemas.LinkRoute>(`/links/:seq/${op}`, { schema: schemas.decide(op) }, async (request) => {
      const environment = environmentFor(request, services, request.query.environment ?? request.body?.environment);
      const operation = { op, link: request.params.seq, ...asked(request) } as SteeringOperation;
      return answerToWire(environment, await steering.run(environment, operation, optionsOf(request.query)));
    });
  }
}

function optionsOf({ dry_run, sync }: schemas.Options) {
  return { dryRun: dry_run ?? false, sync: sync ?? false };
}

function asked(request: FastifyRequest): { timestamp: null; source: Source } {
  return { timestamp: null, source: { key: request.key!.name, lib: null, batch: null, public: false } };
}

function namedId(value: string | undefined, field: string): string {
  if (value === undefined)
    throw new OnymError('invalid-payload', `${field} is missing. Send both identifiers, as a and b.`);
  return distinctIdOf(value, field);
}

function splitTarget({ link, distinct_id, from }: schemas.SplitRoute['Body']): SplitOperation['target'] {
  if (link !== undefined && distinct_id === undefined && from === undefined) return { link };
  if (link === undefined && distinct_id !== undefined && from !== undefined) {
    return { a: distinctIdOf(distinct_id, 'distinct_id'), b: distinctIdOf(from, 'from') };
  }
  throw new OnymError('invalid-payload', 'Send either {"link": seq}, or {"distinct_id": "…", "from": "…"}.');
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

function answerToWire(environment: string, { answer, blastRadius }: SteeringAnswer) {
  return {
    ok: true,
    verdict: answer.verdict,
    ...(answer.reason === null ? {} : { reason: answer.reason }),
    identity_id: nodeId(environment, answer.canonicalId),
    canonical_id: answer.canonicalId,
    seq: answer.seq,
    ...(blastRadius === null ? {} : { blast_radius: blastRadius }),
  };
}
