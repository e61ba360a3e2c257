import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import type { TimelinePlace } from '../../events/types.ts';
import type { TraitPlace } from '../../identity/store.ts';
import { distinctIdOf } from '../../ingest/distinct-ids.ts';
import { parseTimestamp } from '../../ingest/timestamps.ts';
import { limits } from '../../limits.ts';
import { nodeId } from '../../node-id.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { withTextIds } from '../id-numbers.ts';
import { atOf, environmentFor, found, identityNameOf } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import {
  eventToWire,
  factToWire,
  identifierToWire,
  linkToWire,
  optionalTimeToWire,
  resolvedToText,
  resolvedToWire,
  traitOriginToWire,
  traitWriteToWire,
} from '../wire.ts';
import * as schemas from './identities-schemas.ts';

/** Both lists of a profile go on at once; a list that has ended stays at its last entry. */
const profileCursor = cursorOf(
  'identity',
  Type.Object({ identifier: Type.Union([Type.String(), Type.Null()]), link: Type.Integer({ minimum: 0 }) }),
);
const eventCursor = cursorOf(
  'events',
  Type.Object({ timestamp: Type.Integer(), uuid: Type.String({ maxLength: 36 }), distinct_id: Type.String() }),
);
const traitCursor = cursorOf(
  'traits',
  Type.Object({ effectiveTime: Type.Integer(), seq: Type.Integer(), once: Type.Boolean() }),
);

const historyCursor = cursorOf('history', Type.Integer({ minimum: 0 }));

type TraitCursor = ReturnType<typeof traitCursor.decode>;
const placeOf = ({ once, ...place }: TraitCursor): TraitPlace => ({ ...place, kind: once ? 'once' : 'plain' });

/** Below every uuid: a `before` that is a time excludes the events of that very millisecond. */
const leastUuid = '00000000-0000-0000-0000-000000000000';

export async function identityRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  const resolve = { ...needs('read', schemas.resolve), preValidation: withTextIds('distinct_ids') };
  app.post<schemas.ResolveRoute>('/resolve', resolve, async (request, reply) => {
    const { distinct_ids: ids, ...body } = request.body;
    if (ids.length > limits.resolveIdsMax) {
      throw new OnymError(
        'payload-too-large',
        `More than ${limits.resolveIdsMax} distinct_ids. Split them over several requests.`,
      );
    }
    const environment = environmentFor(request, services, body.environment);
    for (let i = 0; i < ids.length; i++) distinctIdOf(ids[i], `distinct_ids[${i}]`);
    const resolved = await services.people.resolve(environment, ids, atOf(body));
    return reply.type('application/json; charset=utf-8').send(resolvedToText(environment, resolved));
  });

  app.get<schemas.IdentityRoute>('/identities/:id', needs('read', schemas.identity), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const name = identityNameOf(request.params.id, query.by);
    const limit = query.limit ?? limits.pageSizeDefault;
    const from = query.next === undefined ? { identifier: null, link: 0 } : profileCursor.decode(query.next);
    const view = await services.people.identity(environment, name, {
      ...atOf(query),
      identifiersAfter: from.identifier,
      linksAfter: from.link,
      // One more than shown tells whether there is a next page.
      limit: limit + 1,
    });
    const { profile, counts } = found(view, name);
    const identifiers = profile.identifiers.slice(0, limit);
    const links = profile.links.slice(0, limit);
    const hasMore = profile.identifiers.length > limit || profile.links.length > limit;
    return {
      ...resolvedToWire(environment, profile),
      created_at: optionalTimeToWire(profile.createdAt),
      identifier_count: profile.size,
      identifiers: identifiers.map(identifierToWire),
      traits: Object.fromEntries(Object.entries(profile.traits).map(([key, write]) => [key, write.value])),
      trait_origins: Object.fromEntries(
        Object.entries(profile.traits).map(([key, write]) => [key, traitOriginToWire(write)]),
      ),
      links: links.map(linkToWire),
      event_count: counts.event_count,
      first_seen: optionalTimeToWire(counts.first_seen),
      last_seen: optionalTimeToWire(counts.last_seen),
      next: hasMore
        ? profileCursor.encode({
            identifier: identifiers.at(-1)?.distinctId ?? from.identifier,
            link: links.at(-1)?.seq ?? from.link,
          })
        : null,
    };
  });

  app.get<schemas.TimelineRoute>('/identities/:id/events', needs('read', schemas.timeline), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const name = identityNameOf(request.params.id, query.by);
    const limit = query.limit ?? limits.pageSizeDefault;
    const page = { before: beforeOf(query.before), limit: limit + 1, event: query.event };
    const timeline = found(await services.people.timeline(environment, name, page), name);
    const shown = timeline.events.slice(0, limit);
    const last = shown.at(-1);
    return {
      events: shown.map((event) => eventToWire(event, nodeId(environment, timeline.canonicalId))),
      next:
        timeline.events.length > limit && last !== undefined
          ? eventCursor.encode({ timestamp: last.timestamp, uuid: last.uuid, distinct_id: last.distinct_id })
          : null,
    };
  });

  app.get<schemas.HistoryRoute>('/identities/:id/history', needs('read', schemas.history), async (request) => {
    const { query } = request;
    const environment = environmentFor(request, services, query.environment);
    const name = identityNameOf(request.params.id, query.by);
    const limit = query.limit ?? limits.pageSizeDefault;
    const history = await services.people.history(environment, name, {
      ...atOf(query),
      order: query.order === 'desc' ? 'descending' : 'ascending',
      from: query.next === undefined ? null : historyCursor.decode(query.next),
      limit: limit + 1,
    });
    const rows = found(history, name);
    const shown = rows.slice(0, limit);
    return {
      rows: shown.map(factToWire),
      next: rows.length > limit ? historyCursor.encode(shown.at(-1)!.seq) : null,
    };
  });

  app.get<schemas.TraitRoute>('/identities/:id/traits/:key', needs('read', schemas.traitHistory), async (request) => {
    const { params, query } = request;
    const environment = environmentFor(request, services, query.environment);
    const name = identityNameOf(params.id, query.by);
    const limit = query.limit ?? limits.pageSizeDefault;
    const after = query.next === undefined ? null : traitCursor.decode(query.next);
    const history = await services.people.traitHistory(environment, name, params.key, {
      after: after && placeOf(after),
      limit: limit + 1,
    });
    const values = found(history, name);
    const shown = values.slice(0, limit);
    const last = shown.at(-1);
    return {
      key: params.key,
      values: shown.map(traitWriteToWire),
      next:
        values.length > limit && last !== undefined
          ? traitCursor.encode({ effectiveTime: last.effectiveTime, seq: last.seq, once: last.kind === 'once' })
          : null,
    };
  });
}

function beforeOf(before: string | undefined): TimelinePlace | null {
  if (before === undefined) return null;
  const timestamp = parseTimestamp(before);
  return timestamp === null ? eventCursor.decode(before) : { timestamp, uuid: leastUuid, distinct_id: '' };
}
