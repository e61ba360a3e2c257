import type { FastifyInstance } from 'fastify';
import { stringifyExact } from '../../exact-json/stringify.ts';
import { nodeId } from '../../node-id.ts';
import type { PersonPart } from '../../people/person-export.ts';
import { needs } from '../auth.ts';
import { environmentFor, found, identityNameOf } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { bodyOf } from '../streams.ts';
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
    const source = { key: request.key!.name, lib: null, batch: null, public: false };
    const fact = found(await services.people.erase(environment, name, { dryRun, source }), name);
    return { ok: true, verdict: 'applied', seq: dryRun ? null : fact.seq, receipt: receiptToWire(fact) };
  });

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
