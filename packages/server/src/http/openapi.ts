import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { blastRadius } from './blast-radius-schema.ts';
import { examples } from './examples.ts';
import { kinds, ledgerRow, receipt } from './ledger-schemas.ts';
import { backupLine } from './routes/backup-schemas.ts';
import { lineSchemas } from './routes/erasure-schemas.ts';
import { importLine } from './routes/import-schemas.ts';
import { key } from './routes/keys-schemas.ts';
import { savedQuery } from './routes/saved-queries-schemas.ts';
import { sharedSchemas } from './schemas.ts';
import { sessionCookieName } from './session-cookie.ts';
import { settings } from './settings-schema.ts';

/** Shapes with names of their own, beside those of schemas.ts. */
const ownSchemas = [
  blastRadius,
  settings,
  receipt,
  kinds,
  ledgerRow,
  ...lineSchemas,
  importLine,
  backupLine,
  key,
  savedQuery,
];

/** Collects the schemas of the routes registered after it; /openapi.json serves them. */
export function addOpenApi(app: FastifyInstance, version: string): void {
  for (const schema of [...sharedSchemas, ...ownSchemas]) app.addSchema(schema);
  app.register(swagger, {
    convertConstToEnum: false,
    transform: ({ schema, url }) => ({ schema: withExample(schema), url }),
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Onym',
        version,
        description: 'Self-hosted identity server for product analytics.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // Relative to this document: wherever it is served from.
      servers: [{ url: '/' }],
      tags: [
        { name: 'ingestion', description: 'What applications call. CORS is open.' },
        { name: 'identities', description: 'Who is who, and why.' },
        { name: 'steering', description: 'Taking back and keeping apart.' },
        { name: 'review', description: 'What waits for a person.' },
        { name: 'put aside', description: 'Rejected items, and events that the event store would not take.' },
        { name: 'lint', description: 'Recommended rules, checked.' },
        { name: 'events', description: 'What happens, as it happens.' },
        { name: 'ledger', description: 'Every operation and verdict.' },
        { name: 'query', description: 'SQL.' },
        { name: 'keys', description: 'Who may do what, where.' },
        { name: 'session', description: 'Signing in to the console.' },
        { name: 'operations', description: 'For whoever runs the server.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The API key.' },
          header: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          query: {
            type: 'apiKey',
            in: 'query',
            name: 'apiKey',
            description: 'A publishable key, where no header can be set.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: sessionCookieName,
            description:
              'Of the console: what `POST /v1/session` gives for a secret key. What changes something needs the header `X-Onym-Console: 1` besides.',
          },
        },
      },
    },
    refResolver: { buildLocalReference: (json) => String(json.$id) },
  });
}

/** The call to copy, for renderers that know code samples, and in the description for those that show Markdown alone. */
function withExample(schema: FastifySchema): FastifySchema {
  const { operationId, description } = schema as { operationId?: string; description?: string };
  const source = operationId === undefined ? undefined : examples[operationId];
  if (source === undefined) return schema;
  const shown = `\`\`\`sh\n${source}\n\`\`\``;
  return {
    ...schema,
    description: description === undefined ? shown : `${description}\n\n${shown}`,
    'x-codeSamples': [{ lang: 'Shell', label: 'curl', source }],
  } as FastifySchema;
}
