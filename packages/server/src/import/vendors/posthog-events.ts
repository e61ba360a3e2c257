import type { JsonObject } from '../../ingest/json-values.ts';
import type { Call } from '../calls.ts';
import { objectCell, optionalId } from '../cells.ts';
import type { Cells } from '../types.ts';
import type { Look } from './look.ts';
import { isVisitor } from './posthog-persons.ts';
import { defined, mergedTraits, unsetTraits } from './traits.ts';
import type { VendorContext, VendorTable } from './types.ts';

const ownNames = new Set([
  '$identify',
  '$create_alias',
  '$merge_dangerously',
  '$set',
  '$groupidentify',
  '$autocapture',
  '$pageleave',
  '$feature_flag_called',
  '$web_vitals',
  '$rageclick',
]);
const ownProperties = [
  '$set',
  '$set_once',
  '$unset',
  '$anon_distinct_id',
  '$lib',
  '$lib_version',
  '$process_person_profile',
];

/** Every row stays an event; those that say who somebody is, or what they are like, say so here too. */
export const posthogEvents: VendorTable = {
  vendor: 'posthog',
  title: 'PostHog events export',
  kind: 'event',
  columns: {
    event: 'event; $identify, $create_alias and $merge_dangerously join ids as well',
    distinct_id: 'distinct_id',
    properties: 'properties; $set, $set_once and $unset in them are traits as well',
    $set: 'traits',
    set: 'traits',
    $set_once: 'traits_once',
    set_once: 'traits_once',
    uuid: 'uuid',
  },
  times: ['timestamp', 'created_at'],
  fits({ look, rows }) {
    if (!look.has('event') || look.has('identity_id')) return false;
    if (!look.has('distinct_id') && !rows.some((cells) => look.value(cells, 'properties.distinct_id') !== undefined))
      return false;
    if (look.has('elements_chain') || look.has('person_properties') || look.has('set_once') || look.has('$set_once'))
      return true;
    // Names that calls to Onym have and PostHog has not.
    const isOwn = look.has('anonymous_id') || look.has('device_id') || look.has('session_id');
    return !isOwn && rows.some((cells) => ownNames.has(String(look.value(cells, 'event'))) || isMarked(look, cells));
  },
  mayBe: ({ look }) => look.has('event') && (look.has('distinct_id') || look.has('properties')),
  reader: (context) => (cells) => readEvent(context, cells),
};

function isMarked(look: Look, cells: Cells): boolean {
  const properties = propertiesOrNull(look, cells);
  return properties !== null && ownProperties.some((name) => Object.hasOwn(properties, name));
}

function propertiesOrNull(look: Look, cells: Cells): JsonObject | null {
  try {
    return look.object(cells, 'properties');
  } catch {
    return null;
  }
}

function readEvent({ look, time }: VendorContext, cells: Cells): Call[] {
  const event = look.value(cells, 'event');
  const properties = look.object(cells, 'properties') ?? {};
  const property = (key: string) => optionalId(properties[key], `properties.${key}`);
  const distinctId = look.id(cells, 'distinct_id') ?? property('distinct_id');
  const timestamp = time(cells);
  const track: Call = {
    call: 'track',
    item: defined({
      event,
      distinct_id: distinctId,
      device_id: property('$device_id'),
      session_id: property('$session_id'),
      properties,
      timestamp,
      uuid: look.id(cells, 'uuid') ?? property('$insert_id'),
    }),
  };
  if (distinctId === null) return [track];
  const key = otherId.get(event);
  const other = key === undefined ? null : property(key);
  return [...personCalls(String(event), distinctId, other, { ...traitsIn(look, cells, properties), timestamp }), track];
}

/** Where events that join ids have the other one. */
const otherId: ReadonlyMap<unknown, string> = new Map([
  ['$identify', '$anon_distinct_id'],
  ['$create_alias', 'alias'],
  ['$merge_dangerously', 'alias'],
]);

interface Said {
  readonly traits: JsonObject | null;
  readonly traits_once: JsonObject | null;
  readonly timestamp: string | undefined;
}

function traitsIn(look: Look, cells: Cells, properties: JsonObject): Omit<Said, 'timestamp'> {
  if (properties.$process_person_profile === false) return { traits: null, traits_once: null };
  const under = (key: string) => [
    look.object(cells, `$${key}`),
    look.object(cells, key),
    objectCell(properties[`$${key}`], `$${key}`),
  ];
  const unset = unsetTraits(properties.$unset ?? look.value(cells, '$unset'));
  return { traits: mergedTraits(...under('set'), unset), traits_once: mergedTraits(...under('set_once')) };
}

/** PostHog joins no person who is identified by $identify or $create_alias, but does by $merge_dangerously. So it is here. */
function personCalls(event: string, distinctId: string, other: string | null, said: Said): Call[] {
  const { timestamp } = said;
  if (event === '$identify') return [identify({ distinct_id: distinctId, anonymous_id: other, ...said })];
  const traits = traitsOf(distinctId, said);
  if (other === null) return traits;
  if (event === '$merge_dangerously') {
    return [{ call: 'alias', item: defined({ distinct_id: distinctId, alias_id: other, timestamp }) }, ...traits];
  }
  const [user, visitor] = isVisitor(distinctId) && !isVisitor(other) ? [other, distinctId] : [distinctId, other];
  return [identify({ distinct_id: user, anonymous_id: visitor, timestamp }), ...traits];
}

/** What an event says of its person makes nobody known. */
function traitsOf(id: string, said: Said): Call[] {
  if (said.traits === null && said.traits_once === null) return [];
  return [{ ...identify({ anonymous_id: id, ...said }), isSnapshot: true }];
}

const identify = (item: Record<string, unknown>): Call => ({ call: 'identify', item: defined(item) });
