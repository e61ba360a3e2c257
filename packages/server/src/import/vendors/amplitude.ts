import { OnymError } from '../../errors.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import { isObject } from '../../ingest/json-values.ts';
import type { Call } from '../calls.ts';
import type { Cells } from '../types.ts';
import { defined, mergedTraits, unsetTraits } from './traits.ts';
import type { VendorContext, VendorTable } from './types.ts';

/** What Amplitude sends for “no session”. */
const noSession = '-1';
const identifyEvent = '$identify';
const groupIdentifyEvent = '$groupidentify';

export const amplitudeEvents: VendorTable = {
  vendor: 'amplitude',
  title: 'Amplitude events export',
  kind: 'event',
  columns: {
    event_type: 'event; $identify sets traits alone',
    user_id: 'distinct_id',
    device_id: 'device_id, and the anonymous_id',
    session_id: 'session_id',
    event_properties: 'properties',
    user_properties: 'traits',
    $insert_id: 'uuid',
    insert_id: 'uuid',
    uuid: 'uuid where $insert_id is empty',
  },
  times: [
    'event_time',
    'client_event_time',
    'time',
    'client_upload_time',
    'server_received_time',
    'server_upload_time',
  ],
  fits: ({ look }) =>
    look.has('event_type') &&
    (look.has('user_id') || look.has('device_id')) &&
    ['event_properties', 'user_properties', 'amplitude_id', '$insert_id', 'server_received_time'].some((name) =>
      look.has(name),
    ),
  mayBe: ({ look }) => look.has('event_type') && (look.has('user_id') || look.has('device_id')),
  reader: (context) => (cells) => readEvent(context, cells),
};

function readEvent(context: VendorContext, cells: Cells): Call[] {
  const { look, time } = context;
  const event = look.value(cells, 'event_type');
  if (event === groupIdentifyEvent) {
    throw new OnymError('invalid-payload', '$groupidentify tells of a group: there are none here. Leave the row out.');
  }
  const user = look.id(cells, 'user_id');
  const device = look.id(cells, 'device_id');
  const timestamp = time(cells);
  const said = userTraits(context, cells);
  if (event === identifyEvent) {
    return [identify({ distinct_id: user, anonymous_id: device, ...said, timestamp })];
  }
  const session = look.id(cells, 'session_id');
  const track: Call = {
    call: 'track',
    item: defined({
      event,
      distinct_id: user,
      anonymous_id: device,
      device_id: device,
      session_id: session === noSession ? null : session,
      properties: look.object(cells, 'event_properties') ?? {},
      timestamp,
      uuid: look.id(cells, '$insert_id') ?? look.id(cells, 'insert_id') ?? look.id(cells, 'uuid'),
    }),
  };
  if ((said.traits === null && said.traits_once === null) || (user ?? device) === null) return [track];
  const subject = user === null ? { anonymous_id: device } : { distinct_id: user };
  return [{ ...identify({ ...subject, ...said, timestamp }), isSnapshot: true }, track];
}

/** The properties as they were then; in what was sent, operations on them. */
function userTraits({ look, unused }: VendorContext, cells: Cells) {
  const traits: JsonObject[] = [];
  const once: JsonObject[] = [];
  const plain: JsonObject = {};
  for (const [key, value] of Object.entries(look.object(cells, 'user_properties') ?? {})) {
    if (key === '$set' && isObject(value)) traits.push(value);
    else if (key === '$setOnce' && isObject(value)) once.push(value);
    else if (key === '$unset') traits.push(unsetTraits(value) ?? {});
    else if (operations.has(key)) unused(`user_properties.${key}`);
    else plain[key] = value;
  }
  return { traits: mergedTraits(defined(plain), ...traits), traits_once: mergedTraits(...once) };
}

/** Those that have no counterpart. */
const operations = new Set([
  '$add',
  '$append',
  '$prepend',
  '$preInsert',
  '$postInsert',
  '$remove',
  '$clearAll',
  '$set',
  '$setOnce',
]);

const identify = (item: Record<string, unknown>): Call => ({ call: 'identify', item: defined(item) });
