import { type TSchema, Type } from 'typebox';
import type { IngestScope } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { errorResponses } from '../schemas.ts';

/** Documentation of the ingestion routes. Their items are checked by ingest/read-call.ts, one by one. */

const environment = Type.Optional(
  Type.String({ default: 'production', description: 'Environment the item is for. Items of an array may differ.' }),
);
const timestamp = Type.Optional(
  Type.Union([Type.String(), Type.Number(), Type.Null()], {
    description:
      'When it happened: ISO 8601 (UTC where it names no zone), or a number: epoch seconds below 1e11, else milliseconds.',
  }),
);
const batch = Type.Optional(
  Type.String({ description: 'Names a batch that the call belongs to, so that it can be reverted as one.' }),
);
const library = Type.Optional(
  Type.Object({
    library: Type.Optional(Type.Object({ name: Type.Optional(Type.String({ description: 'Same as `$lib`.' })) })),
  }),
);
const id = (description: string) =>
  Type.Union([Type.String(), Type.Integer()], {
    description: `${description} 1 to ${limits.distinctIdBytesMax} bytes of UTF-8, never cut or case-folded; a whole number is its digits.`,
  });
const optionalId = (description: string) => Type.Optional(Type.Union([id(description), Type.Null()]));
const freeObject = (description: string) => Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description }));

const common = { timestamp, environment, batch, context: library };

const trackItem = Type.Object(
  {
    event: Type.String({
      description: `What happened. At most ${limits.eventNameBytesMax} bytes.`,
      examples: ['signup'],
    }),
    distinct_id: optionalId('Who did it.'),
    anonymous_id: optionalId(
      'Who it was before being identified. With distinct_id: evidence that both are one person.',
    ),
    device_id: optionalId('The device.'),
    session_id: Type.Optional(
      Type.Union([Type.String(), Type.Integer(), Type.Null()], { description: 'The session.' }),
    ),
    properties: freeObject(
      `Anything about the event; \`$lib\` names the sending library. At most ${limits.propertiesBytesMax} bytes.`,
    ),
    uuid: Type.Optional(
      Type.Union([Type.String(), Type.Integer()], {
        description:
          'Names the event: the same one for the same distinct_id counts once. Without it an event that carries session_id and timestamp is named by its content.',
      }),
    ),
    message_id: Type.Optional(
      Type.Union([Type.String(), Type.Integer()], { description: 'Same as `uuid`, which goes before it.' }),
    ),
    ...common,
  },
  {
    description:
      'Attributed to the first of distinct_id, anonymous_id and device_id that names somebody (is present and not reserved); one must be present.',
  },
);

const identifyItem = Type.Object({
  distinct_id: id('The user’s own id. It is known from now on.'),
  anonymous_id: optionalId('Who the user was until now: it joins the identity of distinct_id.'),
  traits: freeObject(`Set on distinct_id. At most ${limits.traitsPerCallMax} with those of traits_once.`),
  traits_once: freeObject('Set unless the identity has a value already; the earliest wins.'),
  ...common,
});

const aliasItem = Type.Object(
  {
    distinct_id: id('The identifier whose identity stays.'),
    alias_id: Type.Optional(id('The identifier that joins it.')),
    new_user_id: Type.Optional(id('Another name of alias_id; both given must be equal.')),
    ...common,
  },
  { description: 'alias_id (or new_user_id) is required.' },
);

/** What an item of each call may hold. */
export const itemFields: Readonly<Record<IngestScope, readonly string[]>> = {
  track: Object.keys(trackItem.properties),
  identify: Object.keys(identifyItem.properties),
  alias: Object.keys(aliasItem.properties),
};

const dryRun = Type.Optional(
  Type.Boolean({
    description:
      'Answer what would happen, and write nothing. Secret keys only; the `blast_radius` needs the scope `read`.',
  }),
);
const sync = Type.Optional(Type.Boolean({ description: 'Answer only once the next query of anyone sees the call.' }));
const apiKey = Type.Optional(Type.String({ description: 'A publishable key, where no header can be set.' }));

function ingestSchema(scope: IngestScope, summary: string, description: string, item: TSchema): object {
  return {
    summary,
    description,
    operationId: scope,
    tags: ['ingestion'],
    querystring: Type.Object(scope === 'track' ? { sync, apiKey } : { dry_run: dryRun, sync, apiKey }),
    body: Type.Union([item, Type.Array(item, { minItems: 1, maxItems: limits.itemsPerRequestMax })]),
    response: {
      200: {
        description: 'Durable. An object for an object, an array’s answer for an array.',
        ...Type.Union([Type.Ref('Answer#'), Type.Ref('ArrayAnswer#')]),
      },
      ...errorResponses(400, 401, 403, 413, 415, 429),
      422: {
        description: 'The item, or every item of the array, was rejected.',
        ...Type.Union([Type.Ref('Error#'), Type.Ref('ArrayError#')]),
      },
    },
  };
}

const schemas: Readonly<Record<IngestScope, object>> = {
  track: ingestSchema('track', 'Record events', 'Stores one event, or up to 1,000, durably.', trackItem),
  identify: ingestSchema(
    'identify',
    'Say who a user is',
    'Makes distinct_id known, sets traits on it, and joins anonymous_id to it.',
    identifyItem,
  ),
  alias: ingestSchema('alias', 'Say that two ids are one person', 'Joins two identifiers.', aliasItem),
};

export const { track: trackSchema, identify: identifySchema, alias: aliasSchema } = schemas;
