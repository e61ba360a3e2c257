import { type Static, Type } from 'typebox';
import { obstacleCodes } from '../../readiness.ts';
import { environment, errorResponses, jsonResponse, time } from '../schemas.ts';

/** How the server does, for people (docs/http.md, "Status"). */

const count = (description: string) => Type.Integer({ minimum: 0, description });
const known = <S extends ReturnType<typeof count> | ReturnType<typeof Type.Number>>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description: `${description} Null while nobody can say.` });
const counts = (description: string) => Type.Record(Type.String(), count('How many.'), { description });
const countsOf = (description: string) => Type.Record(Type.String(), counts('How many, by it.'), { description });
const number = Type.Number({ minimum: 0 });
const integer = Type.Integer({ minimum: 0 });

const ofEnvironment = Type.Object(
  {
    name: Type.String(),
    events: known(integer, 'In the event store; those of the last second may still be on their way.'),
    ledger_head: known(integer, 'Its last ledger seq.'),
    projected_seq: known(integer, 'The ledger seq that queries see, as the node that answers last saw it.'),
    lag: known(integer, 'Ledger rows between the two.'),
    pending_rows: known(integer, 'Identifiers whose identity is laid over the events, not yet folded into them.'),
    folded_age_seconds: known(number, 'Since identities were last folded into the events.'),
  },
  { description: 'Of this environment, all nodes together.' },
);

const nodeInfo = Type.Object({
  id: Type.String(),
  host: Type.String({ description: 'Its machine.' }),
  version: Type.String(),
  has_journal: Type.Boolean({ description: 'Whether it keeps events of its own, which outlive its process.' }),
  seen_at: time('When it last said that it is there.'),
  away: Type.Boolean({ description: 'It has not said so for a while, and may have events in its journal.' }),
});

const all = Type.Object(
  {
    dead_letters: count('Rejected items that are kept, as the node that answers last heard.'),
    nodes: Type.Union([Type.Array(nodeInfo), Type.Null()], {
      description: 'Nodes on the same PostgreSQL. Null of a server that shares nothing, and while PostgreSQL is away.',
    }),
  },
  { description: 'Of all environments, all nodes together.' },
);

const obstacle = Type.Object({
  error_code: Type.Unsafe<string>({
    type: 'string',
    enum: [...obstacleCodes],
    description: 'What calls are answered.',
  }),
  message: Type.String({ description: 'Why, and what to do.' }),
});

const node = Type.Object(
  {
    id: Type.String({ description: 'One of `all.nodes`, where there are any.' }),
    version: Type.String({ description: 'Of Onym.' }),
    since: time('When it began to count: what it has counted is since then.'),
    keeps: Type.Object(
      {
        calls: Type.Boolean({ description: 'Whether it takes calls, as /readyz says.' }),
        events: Type.Boolean({ description: 'Whether it takes events that link nobody, at least.' }),
        obstacles: Type.Array(obstacle, { description: 'Why it does not; empty while it does.' }),
      },
      { description: 'Whether calls are kept.' },
    ),
    journal: Type.Object(
      {
        bytes: count('Acknowledged and not yet in the event store.'),
        oldest_age_seconds: Type.Number({ minimum: 0, description: 'Of the oldest event in it; 0 while it is empty.' }),
        waiting_events: count('Events that are not acknowledged yet.'),
      },
      { description: 'Events on their way.' },
    ),
    drained: Type.Object(
      { events: count('Events that it brought to the event store.'), failures: count('Attempts that failed.') },
      { description: 'Counted.' },
    ),
    quarantined: count('Events that the event store would not take, and that wait for a person.'),
    calls: countsOf('Calls answered, by call and verdict. Counted.'),
    rejected: countsOf('Items that were not accepted, by call and error_code. Counted.'),
    rate_limited: counts(
      'Requests of publishable keys that were turned away, by what was counted (key, address). Counted.',
    ),
    dead_letters: Type.Object(
      {
        kept: count('Of the rejected items, those that it kept.'),
        waiting: count('Those that wait to be written.'),
        dropped: counts('Those that are not kept, by the reason.'),
      },
      { description: 'Counted, but for those that wait.' },
    ),
    disk: Type.Union([Type.Object({ free_bytes: count('Free.'), size_bytes: count('In all.') }), Type.Null()], {
      description: 'Of the data directory. Null where the file system does not say.',
    }),
  },
  { description: 'Of the node that answers, all environments.' },
);

const query = Type.Object({ environment });
export interface StatusRoute {
  Querystring: Static<typeof query>;
}

export const status = {
  summary: 'How the server does',
  description:
    'What /metrics tells machines, for people: of an environment, of all nodes, and of the one that answers.',
  operationId: 'getStatus',
  tags: ['operations'],
  querystring: query,
  response: {
    200: jsonResponse('The figures of now.', Type.Object({ environment: ofEnvironment, all, node })),
    ...errorResponses(400, 401, 403, 422),
  },
};
