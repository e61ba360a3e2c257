import { Type } from 'typebox';

const profile = Type.Object({
  identity_id: Type.String({ format: 'uuid' }),
  canonical_id: Type.String(),
  known: Type.Boolean(),
  identifiers: Type.Integer({ description: 'How many it has.' }),
  distinct_ids: Type.Array(Type.String(), { description: 'The first of them.' }),
});

export const blastRadius = Type.Object(
  {
    identities: Type.Object({ before: Type.Integer(), after: Type.Integer() }),
    before: Type.Array(profile),
    after: Type.Array(profile),
    identifiers: Type.Object({
      moved: Type.Integer({ description: 'Identifiers whose canonical id would change.' }),
      listed: Type.Array(Type.Object({ distinct_id: Type.String(), from: Type.String(), to: Type.String() })),
    }),
    events: Type.Integer({ description: 'Events that would change hands.' }),
    traits: Type.Object({
      changed: Type.Integer(),
      listed: Type.Array(
        Type.Object({
          canonical_id: Type.String(),
          key: Type.String(),
          from: Type.Optional(Type.Unknown({ description: 'Left out when there is no such trait.' })),
          to: Type.Optional(Type.Unknown()),
        }),
      ),
    }),
  },
  { $id: 'BlastRadius', description: 'What a call would change. Numbers are exact; lists show the first hundred.' },
);
