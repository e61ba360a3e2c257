import { type Static, Type } from 'typebox';
import { limits } from '../../limits.ts';
import { lintRules } from '../../lint/rules.ts';
import { environment, errorResponses, jsonResponse, time } from '../schemas.ts';

/** What GET /v1/lint takes and answers. */

const rule = Type.Union(
  lintRules.map((name) => Type.Literal(name)),
  { description: 'The rule that is broken.' },
);

const query = Type.Object({
  environment,
  rule: Type.Optional(rule),
  since: Type.Optional(
    Type.String({ description: 'Leave out findings whose last call came before this moment (ISO 8601).' }),
  ),
});
export interface LintRoute {
  Querystring: Static<typeof query>;
}

const nullableText = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const id = (description: string) => Type.Optional(Type.String({ description }));

const example = Type.Object({
  call: Type.Union([Type.Literal('track'), Type.Literal('identify'), Type.Literal('alias')]),
  time: time('Received.'),
  distinct_id: id('As sent; on track, the first id present.'),
  alias_id: id('As sent.'),
  anonymous_id: id('As sent; on alias, the side that is anonymous.'),
  device_id: id('As sent.'),
  canonical_id: id('alias only: the id that names the identity of the distinct_id.'),
  similar_id: id('near-miss-id only: the id that one of these looks like.'),
  seq: Type.Optional(Type.Integer({ description: 'The ledger row.' })),
  uuid: id('Of the event.'),
  timestamp: Type.Optional(
    Type.String({ format: 'date-time', description: 'The client’s, where it is what is wrong.' }),
  ),
  field: id('unknown-field: its name; of a query parameter with a `?` before it.'),
  calls: Type.Optional(Type.Integer({ description: 'repeated-alias: calls with this pair so far.' })),
  known_identifiers: Type.Optional(Type.Integer({ description: 'no-stable-canonical: in this identity.' })),
  claimants: Type.Optional(
    Type.Integer({
      description: `shared-identifier: users to whom this id was refused, of which ${limits.lintClaimantsMax} are told apart.`,
    }),
  ),
});

export const lint = {
  summary: 'Recommended rules that calls break',
  description:
    'One finding per rule and call site (the key and `$lib` of the calls), by rule, the most frequent first: what is wrong, and what to call instead. Best effort: at most 500 findings are kept per environment.',
  operationId: 'getLint',
  tags: ['lint'],
  querystring: query,
  response: {
    200: jsonResponse(
      'The findings.',
      Type.Object({
        findings: Type.Array(
          Type.Object({
            rule,
            count: Type.Integer({ description: 'Calls that broke it.' }),
            first_time: time('Of the first of them.'),
            last_time: time('Of the last.'),
            key: nullableText('Name of the key that sent them.'),
            lib: nullableText('Their `$lib`.'),
            problem: Type.String({ description: 'What is wrong, in one sentence.' }),
            instead: Type.String({ description: 'What to call instead, with the ids of the first example.' }),
            examples: Type.Array(example, {
              description: 'The newest calls, no two with the same ids and field; at most five.',
            }),
          }),
        ),
        unexamined: Type.Integer({
          description:
            'Calls since the start of the server that answers that came too fast to be looked at: counts may lack them.',
        }),
      }),
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};
