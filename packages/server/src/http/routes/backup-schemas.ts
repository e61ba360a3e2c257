import { type Static, Type } from 'typebox';
import { errorLine, errorResponses, linesResponse, time } from '../schemas.ts';

const body = Type.Object({
  directory: Type.String({
    minLength: 1,
    maxLength: 4_096,
    description:
      'Absolute path on the machine of the server. It is made where it is missing, else it must be empty, or what an interrupted backup has left, which is gone on with.',
  }),
});

export interface BackupRoute {
  Body: Static<typeof body>;
}

const bytes = Type.Integer({ minimum: 0 });

export const backupLine = Type.Union(
  [
    Type.Object({
      type: Type.Literal('started'),
      directory: Type.String(),
      resumed: Type.Boolean({ description: 'It goes on with what an earlier one has left.' }),
    }),
    Type.Object({
      type: Type.Literal('progress'),
      what: Type.String({ description: 'What is copied now.' }),
      bytes,
      bytes_max: bytes,
    }),
    Type.Object({
      type: Type.Literal('done'),
      directory: Type.String(),
      began_at: time('All that was acknowledged before is in it.'),
      finished_at: time('When it was whole.'),
      environments: Type.Array(Type.String()),
      files: Type.Integer({ minimum: 0 }),
      bytes,
    }),
    errorLine,
  ],
  { $id: 'BackupLine', description: 'How far a backup is; then `done`, or `error`.' },
);

export const backupSchema = {
  summary: 'Back up everything while the server goes on',
  description:
    'For commands on the machine of the server alone (`onym backup`): takes no other key than the one that lies in the data directory. ' +
    'Answers lines of JSON while it works: `started`, `progress`, then `done` or `error`. Who leaves before the end stops it; the same directory goes on.',
  operationId: 'backup',
  tags: ['operations'],
  body,
  response: {
    200: linesResponse('What is done.', Type.Ref('BackupLine#')),
    ...errorResponses(400, 401, 403, 422, 429),
  },
};
