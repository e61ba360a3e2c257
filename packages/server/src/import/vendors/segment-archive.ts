import { OnymError } from '../../errors.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import type { Call } from '../calls.ts';
import type { Cells, Vendor } from '../types.ts';
import type { Look } from './look.ts';
import { defined, mergedTraits } from './traits.ts';
import type { Sample, VendorContext, VendorTable } from './types.ts';

/** Page views are called as the SDK calls them, so that old and new ones are counted together. */
export const pageEvent = '$pageview';
export const screenEvent = '$screen';
export const groupEvent = '$group';

const types = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']);

const archive = (vendor: Vendor, title: string, isIts: (sample: Sample) => boolean): VendorTable => ({
  vendor,
  title,
  kind: 'event',
  columns: {
    type: 'which call the row is',
    user_id: 'distinct_id',
    anonymous_id: 'anonymous_id',
    previous_id: 'alias_id',
    group_id: 'a property of $group',
    event: 'event',
    name: 'a property of $pageview and $screen',
    category: 'a property of $pageview and $screen',
    properties: 'properties',
    traits: 'traits',
    'context.traits': 'traits',
    message_id: 'uuid',
  },
  times: ['timestamp', 'original_timestamp', 'sent_at', 'received_at'],
  fits: (sample) => isArchive(sample) && isIts(sample),
  mayBe: ({ look }) => look.has('type'),
  reader: (context) => (cells) => readCall(context, cells),
});

/** RudderStack's rows are Segment's, but for what its own servers and clients leave in them. */
const isRudder = ({ look, rows }: Sample): boolean =>
  look.has('rudder_id') || rows.some((cells) => /rudder/i.test(String(libraryOf(look, cells))));

export const rudderstackArchive = archive('rudderstack', 'RudderStack archive', isRudder);
export const segmentArchive = archive('segment', 'Segment archive', () => true);

function libraryOf(look: Look, cells: Cells): unknown {
  try {
    return look.value(cells, 'context.library.name');
  } catch {
    return null;
  }
}

function isArchive({ look, rows }: Sample): boolean {
  if (!look.has('type') || !(look.has('user_id') || look.has('anonymous_id'))) return false;
  const known = rows.filter((cells) => types.has(typeOf(look, cells)));
  return known.length > 0 && known.length >= rows.length / 2;
}

const typeOf = (look: Look, cells: Cells): string => String(look.value(cells, 'type') ?? '').toLowerCase();

function readCall(context: VendorContext, cells: Cells): Call[] {
  const { look } = context;
  const type = typeOf(look, cells);
  const user = look.id(cells, 'user_id');
  const visitor = look.id(cells, 'anonymous_id');
  switch (type) {
    case 'identify': {
      const traits = mergedTraits(contextTraits(look, cells), look.object(cells, 'traits'));
      return [identify({ distinct_id: user, anonymous_id: visitor, traits, timestamp: context.time(cells) })];
    }
    case 'alias': {
      const previous = look.id(cells, 'previous_id') ?? visitor;
      const item = { distinct_id: user, alias_id: previous, timestamp: context.time(cells) };
      return [{ call: 'alias', item: defined(item) }];
    }
    case 'track':
      return eventCalls(context, cells, look.value(cells, 'event'), {});
    case 'page':
      return eventCalls(context, cells, pageEvent, named(look, cells));
    case 'screen':
      return eventCalls(context, cells, screenEvent, named(look, cells));
    case 'group': {
      const properties = { ...look.object(cells, 'traits'), group_id: look.value(cells, 'group_id') };
      return eventCalls(context, cells, groupEvent, properties);
    }
    default:
      throw new OnymError(
        'invalid-payload',
        `type is ${JSON.stringify(type.slice(0, 64))}, which is none of identify, track, page, screen, alias and group. Leave the row out.`,
      );
  }
}

const named = (look: Look, cells: Cells): JsonObject =>
  defined({ name: look.value(cells, 'name'), category: look.value(cells, 'category') });

function eventCalls(context: VendorContext, cells: Cells, event: unknown, more: JsonObject): Call[] {
  const { look } = context;
  const user = look.id(cells, 'user_id');
  const visitor = look.id(cells, 'anonymous_id');
  const timestamp = context.time(cells);
  const traits = contextTraits(look, cells);
  const subject = user === null ? { anonymous_id: visitor } : { distinct_id: user };
  const track: Call = {
    call: 'track',
    item: defined({
      event,
      distinct_id: user,
      anonymous_id: visitor,
      properties: { ...look.object(cells, 'properties'), ...more },
      timestamp,
      uuid: look.id(cells, 'message_id'),
    }),
  };
  if (traits === null || (user ?? visitor) === null) return [track];
  return [{ ...identify({ ...subject, traits, timestamp }), isSnapshot: true }, track];
}

/** What the client knows of the person and sends along. It repeats the ids there. */
function contextTraits(look: Look, cells: Cells): JsonObject | null {
  const traits = look.object(cells, 'context.traits');
  if (traits === null) return null;
  const { anonymousId: _, anonymous_id: __, userId: ___, user_id: ____, ...said } = traits;
  return mergedTraits(said);
}

const identify = (item: Record<string, unknown>): Call => ({ call: 'identify', item: defined(item) });
