import { OnymError } from '../../errors.ts';
import { type KnownNames, knownNames } from '../../ingest/known-names.ts';
import { readAlias, readIdentify, readTrack } from '../../ingest/read-call.ts';
import type { IngestOptions } from '../../ingest/types.ts';
import type { IngestScope, Key } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { replyToArray, replyToOne } from './onym-answers.ts';
import { aliasSchema, identifySchema, itemFields, trackSchema } from './onym-schemas.ts';
import type { CallReader, Protocol, ProtocolRoute, Said } from './protocol.ts';

/** Clients name the browser, the library and themselves in every call alike, also where nothing is read of it. */
const passedOver = ['event', 'properties', 'anonymous_id', 'device_id', 'session_id', 'uuid', 'message_id'];

function fieldsOf(call: IngestScope): KnownNames {
  // `context` holds a hint for lint and nothing else: `content` is not taken for it.
  const known = itemFields[call].filter((field) => field !== 'context');
  return knownNames({
    what: 'field',
    known,
    ignored: ['context', ...passedOver],
    elsewhere: {
      dry_run:
        call === 'track' ? 'track has no dry run.' : 'A dry run is asked for in the query string: ?dry_run=true.',
    },
  });
}

export const callReaders: Readonly<Record<IngestScope, CallReader>> = {
  track: { name: 'track', fields: fieldsOf('track'), read: readTrack },
  identify: {
    name: 'identify',
    fields: fieldsOf('identify'),
    read: (item, _environment, settings, context) => readIdentify(item, settings, context),
  },
  alias: {
    name: 'alias',
    fields: fieldsOf('alias'),
    read: (item, _environment, settings, context) => readAlias(item, settings, context),
  },
};

/** Onym's own, compatible with Altertable's: a route a call, an object or an array of them. */
export const onym: Protocol = [
  routeOf(callReaders.track, trackSchema),
  routeOf(callReaders.identify, identifySchema),
  routeOf(callReaders.alias, aliasSchema),
];

function routeOf(reader: CallReader, schema: object): ProtocolRoute {
  const readerOf = () => reader;
  return {
    url: `/${reader.name}`,
    schema,
    scope: reader.name,
    // A `timestamp` in the address is there to get past caches. A dry run of any call is told what it may have.
    config: { notInQuery: ['environment', 'batch'], inQuery: ['dry_run'] },
    optionsOf: ({ query, key }) => optionsOf(query, reader.name, key!),
    read(body): Said {
      if (Array.isArray(body)) return { items: checkedLength(body), readerOf, write: replyToArray };
      return { items: [body], readerOf, write: ([one], isReader) => replyToOne(one!, isReader) };
    },
  };
}

function checkedLength(items: unknown[]): unknown[] {
  if (items.length === 0) {
    throw new OnymError('invalid-payload', `The array is empty. Send 1 to ${limits.itemsPerRequestMax} items.`);
  }
  if (items.length <= limits.itemsPerRequestMax) return items;
  throw new OnymError(
    'payload-too-large',
    `The array has more than ${limits.itemsPerRequestMax} items. Split it over several requests.`,
  );
}

function optionsOf(query: unknown, name: IngestScope, key: Key): IngestOptions {
  const { dry_run: dryRun, sync } = query as Record<string, unknown>;
  const options = { dryRun: flagOf(dryRun, 'dry_run'), sync: flagOf(sync, 'sync') };
  if (options.dryRun && name === 'track') {
    throw new OnymError('invalid-payload', 'track has no dry run. Leave dry_run out, or send the pair to /alias.');
  }
  if (options.dryRun && key.kind !== 'secret') {
    throw new OnymError('forbidden', 'A dry run needs a secret key (sk_…); this one is publishable.');
  }
  return options;
}

function flagOf(value: unknown, name: string): boolean {
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1' || value === '') return true;
  throw new OnymError('invalid-payload', `${name} is neither true nor false. Send ${name}=true or leave it out.`);
}
