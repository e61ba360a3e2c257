import { type Static, Type } from 'typebox';
import { errorResponses } from '../schemas.ts';

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

export const backupSchema = {
  summary: 'Back up everything while the server goes on',
  description:
    'For commands on the machine of the server alone (`onym backup`): takes no other key than the one that lies in the data directory. ' +
    'Answers lines of JSON while it works: `started`, `progress`, then `done` or `error`. Who leaves before the end stops it; the same directory goes on.',
  operationId: 'backup',
  tags: ['operations'],
  body,
  response: {
    200: { description: 'What is done.', content: { 'application/x-ndjson': { schema: Type.String() } } },
    ...errorResponses(400, 401, 403, 422, 429),
  },
};
