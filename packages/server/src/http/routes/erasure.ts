import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { stringifyExact } from '../../exact-json/stringify.ts';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { nodeId } from '../../node-id.ts';
import type { ErasedPerson } from '../../people/erasures.ts';
import type { PersonPart } from '../../people/person-export.ts';
import { needs } from '../auth.ts';
import { withTextIds } from '../id-numbers.ts';
import { environmentFor, found, identityNameOf, sourceOf } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { bodyOf, jsonLinesOf, withFirst } from '../streams.ts';
import {
  eventToWire,
  factToWire,
  identifierToWire,
  linkToWire,
  optionalTimeToWire,
  receiptToWire,
  resolvedToWire,
  separationToWire,
  traitWriteToWire,
} from '../wire.ts';
import * as schemas from './erasure-schemas.ts';

export async function erasureRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  // A body with an environment in it would be passed over, and the person erased in another one.
  const options = needs('erase', schemas.erase, { bodyFields: [] });
  app.delete<schemas.EraseRoute>('/identities/:id', options, async (request) => {
    const { query, params } = request;
    const environment = environmentFor(request, services, query.environment);
    const name = identityNameOf(params.id, query.by);
    const dryRun = query.dry_run ?? false;
    const source = sourceOf(request);
    const fact = found(await services.people.erase(environment, name, { dryRun, source }), name);
    return { ok: true, verdict: 'applied', seq: dryRun ? null : fact.seq, receipt: receiptToWire(fact) };
  });

  app.post<schemas.EraseAllRoute>(
    '/erasures',
    { ...needs('erase', schemas.eraseAll), preValidation: withTextIds('distinct_ids') },
    async (request, reply) => {
      const { environment: named, distinct_ids } = request.body;
      const environment = environmentFor(request, services, named);
      const dryRun = request.query.dry_run ?? false;
      const source = sourceOf(request);
      const ids = distinct_ids.map((id) => distinctIdOf(id, 'Each of distinct_ids'));
      const persons = services.people.eraseAll(environment, ids, { dryRun, source });
      const events = await withFirst(outcomes(persons, dryRun));
      reply.header('content-type', 'application/x-ndjson; charset=utf-8');
      return reply.send(Readable.from(jsonLinesOf(events, request), { objectMode: false }));
    },
  );

  app.get<schemas.ExportPersonRoute>(
    '/identities/:id/export',
    needs('read', schemas.exportPerson),
    async (request, reply) => {
      const { query, params } = request;
      const environment = environmentFor(request, services, query.environment);
      const name = identityNameOf(params.id, query.by);
      const parts = found(await services.people.export(environment, name), name);
      return reply
        .header('content-type', 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', 'attachment; filename="person.ndjson"')
        .send(await bodyOf(linesOf(environment, parts), reply));
    },
  );
}

async function* outcomes(persons: AsyncIterable<ErasedPerson>, dryRun: boolean): AsyncGenerator<object> {
  const counts = { erased: 0, not_found: 0, same_person: 0 };
  for await (const { distinctId: distinct_id, fact, sameAs } of persons) {
    if (fact !== null) {
      counts.erased++;
      yield { type: 'erased', distinct_id, seq: dryRun ? null : fact.seq, receipt: receiptToWire(fact) };
    } else if (sameAs !== null) {
      counts.same_person++;
      yield { type: 'same_person', distinct_id, erased_with: sameAs };
    } else {
      counts.not_found++;
      yield { type: 'not_found', distinct_id };
    }
  }
  yield { type: 'done', dry_run: dryRun, ...counts };
}

const chunkLengthMax = 64 * 1024;

async function* linesOf(environment: string, parts: AsyncIterable<PersonPart>): AsyncGenerator<string> {
  let chunk = '';
  for await (const part of parts) {
    chunk += `${stringifyExact({ type: part.type, ...partToWire(environment, part) })}\n`;
    if (chunk.length < chunkLengthMax) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function partToWire(environment: string, part: PersonPart): object {
  switch (part.type) {
    case 'identity': {
      const { profile, counts } = part;
      return {
        ...resolvedToWire(environment, profile),
        created_at: optionalTimeToWire(profile.createdAt),
        identifier_count: profile.size,
        traits: Object.fromEntries(Object.entries(profile.traits).map(([key, write]) => [key, write.value])),
        event_count: counts.event_count,
        first_seen: optionalTimeToWire(counts.first_seen),
        last_seen: optionalTimeToWire(counts.last_seen),
      };
    }
    case 'identifier':
      return identifierToWire(part.identifier);
    case 'trait':
      return { key: part.write.key, ...traitWriteToWire(part.write) };
    case 'link':
      return linkToWire(part.link);
    case 'separation':
      return { ...separationToWire(part.separation), lifted_seq: part.separation.liftedSeq };
    case 'ledger':
      return factToWire(part.fact);
    case 'event':
      return eventToWire(part.event, nodeId(environment, part.canonicalId));
  }
}
