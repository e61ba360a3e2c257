import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ExportFormat, ExportTable } from '../../events/types.ts';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses } from '../schemas.ts';
import { bodyOf } from '../streams.ts';

const typeByFormat: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};
const tables: readonly ExportTable[] = ['links', 'identities', 'identifiers', 'separations', 'events'];

const params = Type.Object({
  what: Type.Unsafe<ExportTable>({ type: 'string', enum: [...tables], description: 'The table.' }),
});
const query = Type.Object({
  environment,
  format: Type.Optional(
    Type.Unsafe<ExportFormat>({
      type: 'string',
      enum: Object.keys(typeByFormat),
      default: 'ndjson',
      description: 'Form of the answer.',
    }),
  ),
});

const schema = {
  summary: 'A whole table',
  description:
    'Every row, streamed, without the limits of a query. Events have their properties as they were sent, people their traits. ' +
    'POST /v1/import knows the tables again.',
  operationId: 'exportTable',
  tags: ['query'],
  params,
  querystring: query,
  response: {
    200: {
      description: 'The rows.',
      content: {
        'application/x-ndjson': { schema: Type.String() },
        'text/csv': { schema: Type.String() },
        'application/vnd.apache.parquet': { schema: Type.String({ format: 'binary' }) },
      },
    },
    ...errorResponses(400, 401, 403, 422),
  },
};

export async function exportRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.get<{ Params: Static<typeof params>; Querystring: Static<typeof query> }>(
    '/export/:what',
    needs('query', schema),
    async (request, reply) => {
      const { format = 'ndjson', environment: named } = request.query;
      const at = environmentFor(request, services, named);
      const rows = await services.reads.exportTable(at, request.params.what, format);
      reply.header('content-type', typeByFormat[format]);
      return reply.send(await bodyOf(rows, reply));
    },
  );
}
