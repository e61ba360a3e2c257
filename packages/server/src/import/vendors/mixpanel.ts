import { OnymError } from '../../errors.ts';
import type { JsonObject } from '../../ingest/json-values.ts';
import type { Call } from '../calls.ts';
import { optionalId } from '../cells.ts';
import type { Cells } from '../types.ts';
import { idsOf } from './id-lists.ts';
import type { Look } from './look.ts';
import { defined, mergedTraits, unsetTraits, withoutNulls } from './traits.ts';
import type { Sample, VendorContext, VendorTable } from './types.ts';

/** What becomes a field of the call is not said again in the properties. */
const movedProperties = ['time', 'distinct_id', '$insert_id', '$distinct_id_before_identity', 'token'];
const devicePrefix = '$device:';

export const mixpanelEvents: VendorTable = {
  vendor: 'mixpanel',
  title: 'Mixpanel events export',
  kind: 'event',
  columns: {
    event: 'event; $identify, $create_alias and $merge join ids as well',
    properties: 'properties; in them distinct_id, $user_id, $device_id, time and $insert_id',
  },
  times: ['properties.time'],
  fits: ({ look, rows }) =>
    look.has('event', 'properties') && !look.has('distinct_id') && rows.some((cells) => isMixpanel(look, cells)),
  mayBe: ({ look }) => look.has('event', 'properties'),
  reader(context, sample) {
    const deviceForm = deviceFormOf(sample);
    return (cells) => readEvent(context, cells, deviceForm);
  },
};

function propertiesOf(look: Look, cells: Cells): JsonObject {
  try {
    return look.object(cells, 'properties') ?? {};
  } catch {
    return {};
  }
}

function isMixpanel(look: Look, cells: Cells): boolean {
  const properties = propertiesOf(look, cells);
  return (
    'time' in properties && ('distinct_id' in properties || '$insert_id' in properties || '$distinct_ids' in properties)
  );
}

type DeviceForm = (device: string) => string;

/** Projects differ in how they name the events of a device that nobody has logged in on: `$device:…`, or by the bare device id. */
function deviceFormOf({ look, rows }: Sample): DeviceForm {
  const isBare = rows.some((cells) => {
    const { distinct_id: id, $device_id: device } = propertiesOf(look, cells);
    return typeof id === 'string' && id !== '' && id === device;
  });
  return (device) => (isBare || device.startsWith(devicePrefix) ? device : `${devicePrefix}${device}`);
}

function readEvent({ look, time }: VendorContext, cells: Cells, deviceForm: DeviceForm): Call[] {
  const event = look.value(cells, 'event');
  const properties = look.object(cells, 'properties') ?? {};
  const id = (key: string) => optionalId(properties[key], `properties.${key}`);
  const device = id('$device_id');
  const visitor = device === null ? null : deviceForm(device);
  const distinctId = id('distinct_id') ?? id('$user_id') ?? visitor;
  const timestamp = time(cells);
  const kept = { ...properties };
  for (const key of movedProperties) delete kept[key];
  const track: Call = {
    call: 'track',
    item: defined({
      event,
      distinct_id: distinctId,
      // Once ids are merged, the export names events by the person, and says here what they were sent with.
      anonymous_id: id('$distinct_id_before_identity') ?? visitor,
      device_id: device,
      properties: kept,
      timestamp,
      uuid: id('$insert_id'),
    }),
  };
  return [...joins(String(event), properties, id, timestamp), track];
}

function joins(
  event: string,
  properties: JsonObject,
  id: (key: string) => string | null,
  timestamp: string | undefined,
): Call[] {
  switch (event) {
    case '$identify': {
      const user = id('$identified_id');
      const visitor = id('$anon_id');
      if (user === null || visitor === null) return [];
      return [{ call: 'identify', item: defined({ distinct_id: user, anonymous_id: visitor, timestamp }) }];
    }
    case '$create_alias': {
      const other = id('alias');
      const own = id('distinct_id');
      if (other === null || own === null) return [];
      return [{ call: 'alias', item: defined({ distinct_id: own, alias_id: other, timestamp }) }];
    }
    case '$merge': {
      const [first, ...others] = idsOf({ $distinct_ids: properties.$distinct_ids }, ['$distinct_ids']);
      return others.map((other) => ({
        call: 'alias',
        item: defined({ distinct_id: first, alias_id: other, timestamp }),
      }));
    }
    default:
      return [];
  }
}

const isPeople = ({ look }: Sample): boolean => look.has('$distinct_id') && !look.has('event');

/** What a profile is, as the export has it, or changes to it, as they were sent. */
export const mixpanelPeople: VendorTable = {
  vendor: 'mixpanel',
  title: 'Mixpanel people export',
  kind: 'identify',
  columns: {
    $distinct_id: 'distinct_id',
    $properties: 'traits',
    properties: 'traits',
    $set: 'traits',
    $set_once: 'traits_once',
    $unset: 'traits that are removed',
  },
  times: ['$time', '$properties.$last_seen', '$last_seen', '$properties.$created', '$created'],
  fits: isPeople,
  mayBe: ({ look }) => look.has('$distinct_id') || look.has('distinct_id'),
  reader: (context) => (cells) => readPerson(context, cells),
};

const withoutCounterpart = ['$add', '$append', '$union', '$remove', '$increment', '$delete'];

function readPerson({ look, time, unused }: VendorContext, cells: Cells): Call[] {
  const id = look.id(cells, '$distinct_id') ?? look.id(cells, 'distinct_id');
  for (const operation of withoutCounterpart) if (look.value(cells, operation) !== undefined) unused(operation);
  const traits = mergedTraits(
    withoutNulls(look.object(cells, 'properties')),
    withoutNulls(look.object(cells, '$properties')),
    look.object(cells, '$set'),
    unsetTraits(look.value(cells, '$unset')),
  );
  const once = look.object(cells, '$set_once');
  if (id === null) throw new OnymError('invalid-payload', '$distinct_id is missing. Leave the row out.');
  // A device that nobody has logged in on is no user.
  const person = id.startsWith(devicePrefix) ? { anonymous_id: id } : { distinct_id: id };
  return [{ call: 'identify', item: defined({ ...person, traits, traits_once: once, timestamp: time(cells) }) }];
}
