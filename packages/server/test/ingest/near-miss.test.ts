import { describe, expect, it } from 'vitest';
import { callReaders as calls } from '../../src/http/protocols/onym.ts';
import { nearMisses } from '../../src/ingest/near-miss.ts';
import { limits } from '../../src/limits.ts';

/** The field that the message says was meant; null where the name is merely unknown, undefined where it is known. */
function meant(call: keyof typeof calls, name: string): string | null | undefined {
  try {
    return calls[call].fields.unknownIn({ [name]: 1 }).length === 0 ? undefined : null;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    expect(code).toBe('invalid-payload');
    expect(message).toContain(JSON.stringify(name));
    return /Did you mean (\w+)\?$/.exec(message)?.[1] ?? message;
  }
}

/** What was meant, and how it was written. */
const errors: Record<string, readonly string[]> = {
  environment: [
    ...['enviroment', 'environmnt', 'envirnoment', 'enviornment', 'environement', 'envrionment', 'environnement'],
    ...['environments', 'Environment', 'ENVIRONMENT', 'environment ', '_environment', 'env', 'ENV'],
  ],
  distinct_id: [
    ...['distinctId', 'DistinctId', 'distinctID', 'distinct-id', 'distinct.id', 'distinct id', 'distinctid'],
    ...['DISTINCT_ID', '_distinct_id', 'distnct_id', 'distict_id', 'disitnct_id', 'distinct_di', 'distinckt_id'],
    ...['distnctid', 'distnctId', 'dinstinct_id'],
  ],
  anonymous_id: ['anonymousId', 'anonymous-id', 'anonymus_id', 'anonymos_id', 'annonymous_id', 'anonymusId'],
  device_id: ['deviceId', 'device-id', 'devcie_id', 'divice_id', 'devices_id'],
  session_id: ['sessionId', 'session-id', 'sesion_id', 'sesssion_id'],
  event: ['Event', 'events', 'evetn', 'evnt', 'envent', '_event'],
  properties: ['Properties', 'propertis', 'propeties', 'proprties', 'propertie', 'proporties'],
  timestamp: ['timeStamp', 'time_stamp', 'Timestamp', 'timestmp', 'timestap', 'timestamps', 'tiemstamp'],
  batch: ['Batch', 'bacth', 'bach'],
  uuid: ['UUID', 'Uuid', 'uudi', 'uu_id'],
  message_id: ['messageId', 'message-id', 'mesage_id'],
};

const errorsOfOthers: readonly (readonly ['identify' | 'alias', string, string])[] = [
  ['identify', 'distinctId', 'distinct_id'],
  ['identify', 'anonymousId', 'anonymous_id'],
  ['identify', 'anonymus_id', 'anonymous_id'],
  ['identify', 'trait', 'traits'],
  ['identify', 'Traits', 'traits'],
  ['identify', 'triats', 'traits'],
  ['identify', 'traitsOnce', 'traits_once'],
  ['identify', 'traits-once', 'traits_once'],
  ['identify', 'trait_once', 'traits_once'],
  ['identify', 'traits_one', 'traits_once'],
  ['identify', 'enviroment', 'environment'],
  ['alias', 'aliasId', 'alias_id'],
  ['alias', 'alias-id', 'alias_id'],
  ['alias', 'ailas_id', 'alias_id'],
  ['alias', 'aliass_id', 'alias_id'],
  ['alias', 'newUserId', 'new_user_id'],
  ['alias', 'new_usr_id', 'new_user_id'],
  ['alias', 'distinctId', 'distinct_id'],
  ['alias', 'enviroment', 'environment'],
];

/** What clients and applications send, or may send, in fields of their own. */
const accepted = [
  // Other APIs, and what travels around their calls.
  ...['type', 'sent_at', 'sentAt', 'receivedAt', 'received_at', 'originalTimestamp', 'original_timestamp', 'library'],
  ...['api_key', 'apiKey', 'token', 'writeKey', 'integrations', 'channel', 'version', 'release', 'userId', 'user_id'],
  ...['visitor_id', 'visitorId', 'previousId', 'previous_id', 'groupId', 'group_id', 'insert_id', 'offset', 'ip'],
  ...['$set', '$set_once', '$lib', '$event', '$device_id', '$environment', '$insert_id', 'contexts', 'content'],
  // Near to a known name by the letters, and another word.
  ...['id', 'ids', 'uid', 'guid', 'ulid', 'pid', 'time', 'ts', 'date', 'lib', 'name', 'user', 'device', 'session'],
  ...['event_id', 'event_name', 'eventName', 'event_type', 'event_time', 'event2', 'property', 'user_properties'],
  ...['device_ip', 'device_os', 'device_ids', 'deviceType', 'session_ip', 'district_id', 'version_id', 'match'],
  ...['patch', 'catch', 'batch_id', 'batches', 'message', 'distinct', 'anonymous', 'timezone', 'timeout', 'stage'],
  ...['envelope', 'envoy', 'параметр', '', '-', '1', 'constructor', 'toString', 'hasOwnProperty'],
];

describe('an unknown field that looks like a known one', () => {
  it.each(Object.entries(errors).flatMap(([field, names]) => names.map((name) => [name, field] as const)))(
    'track: %s is taken for %s',
    (name, field) => {
      expect(meant('track', name)).toBe(field);
    },
  );

  it.each(errorsOfOthers)('%s: %s is taken for %s', (call, name, field) => {
    expect(meant(call, name)).toBe(field);
  });

  it.each(['dry_run', 'dryRun', 'dry-run', 'dryrun'])('%s is said to belong elsewhere', (name) => {
    expect(meant('identify', name)).toContain('?dry_run=true');
    expect(meant('alias', name)).toContain('?dry_run=true');
    expect(meant('track', name)).toContain('no dry run');
  });
});

describe('an unknown field of its own', () => {
  it.each(accepted)('%s is accepted', (name) => {
    for (const call of ['track', 'identify', 'alias'] as const) expect(meant(call, name)).toBeNull();
  });

  it('is accepted whatever its length', () => {
    expect(meant('track', 'environment'.repeat(10_000))).toBeNull();
  });

  it('is looked for among the fields that the call reads', () => {
    for (const name of ['traitsOnce', 'aliasId', 'newUserId']) expect(meant('track', name)).toBeNull();
    for (const name of ['sessionId', 'messageId', 'deviceId']) expect(meant('identify', name)).toBeNull();
    expect(meant('alias', 'anonymousId')).toBeNull();
  });
});

describe('known fields', () => {
  it('are not unknown; nor are those that clients send with every call', () => {
    const everywhere = ['distinct_id', 'anonymous_id', 'device_id', 'session_id', 'uuid', 'message_id', 'properties'];
    const common = ['environment', 'timestamp', 'batch', 'context'];
    const own = { track: ['event'], identify: ['traits', 'traits_once'], alias: ['alias_id', 'new_user_id'] };
    for (const call of ['track', 'identify', 'alias'] as const) {
      for (const name of [...everywhere, ...common, ...own[call]])
        expect([name, meant(call, name)]).toEqual([name, undefined]);
    }
  });
});

describe('many unknown fields', () => {
  it('are all named, and only so many compared', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}x`, 1]));
    expect(calls.track.fields.unknownIn({ event: 'e', ...many })).toHaveLength(5_000);
    const late = Object.fromEntries(Array.from({ length: limits.unknownNamesJudgedMax }, (_, i) => [`x${i}`, 1]));
    expect(calls.track.fields.unknownIn({ ...late, enviroment: 1 })).toContain('enviroment');
    expect(() => calls.track.fields.unknownIn({ x: 1, enviroment: 1 })).toThrow('environment');
  });
});

describe('nearMisses', () => {
  it('answers with the nearest', () => {
    expect(nearMisses(['primary', 'primarys'])('primry')).toBe('primary');
    expect(nearMisses(['as_of', 'as_of_seq'])('as_of_sqe')).toBe('as_of_seq');
    expect(nearMisses(['as_of', 'as_of_seq'])('asOf')).toBe('as_of');
    expect(nearMisses([])('anything')).toBeNull();
  });
});
