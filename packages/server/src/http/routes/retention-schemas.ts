import { type Static, Type } from 'typebox';
import { environment, errorResponses, time } from '../schemas.ts';

const body = Type.Object({
  environment,
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: 'Instead of what ONYM_RETENTION_DAYS says.' }),
  ),
});
const query = Type.Object({
  dry_run: Type.Optional(Type.Boolean({ description: 'Count; remove nothing.' })),
});

export interface RetentionRoute {
  Body: Static<typeof body>;
  Querystring: Static<typeof query>;
}

export const retentionSchema = {
  summary: 'Remove old events',
  description:
    'Removes the events whose own time is further back than the environment keeps them; the server does so itself once a day. Identities, traits and the ledger stay. It can not be taken back.',
  operationId: 'runRetention',
  tags: ['operations'],
  body,
  querystring: query,
  response: {
    200: Type.Object(
      {
        ok: Type.Literal(true),
        dry_run: Type.Boolean(),
        days: Type.Integer(),
        before: time('Events of before this moment go.'),
        events: Type.Integer({ description: 'How many they are.' }),
        years: Type.Array(
          Type.Object({
            year: Type.Integer(),
            events: Type.Integer(),
            whole: Type.Boolean({
              description: 'The whole year goes, which costs nothing; else its parts are rewritten.',
            }),
          }),
        ),
      },
      { description: 'What goes, or would.' },
    ),
    ...errorResponses(400, 401, 403, 422),
  },
};
