import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { QueryOptions, QueryResult } from '../../events/types.ts';
import { limits } from '../../limits.ts';
import { askedOf } from '../asked.ts';
import { needs } from '../auth.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { environment, errorResponses } from '../schemas.ts';
import { bodyOf } from '../streams.ts';

const formats = {
  json: { format: 'JSON', type: 'application/json; charset=utf-8' },
  ndjson: { format: 'JSONEachRow', type: 'application/x-ndjson; charset=utf-8' },
  csv: { format: 'CSVWithNames', type: 'text/csv; charset=utf-8' },
  parquet: { format: 'Parquet', type: 'application/vnd.apache.parquet' },
  arrow: { format: 'ArrowStream', type: 'application/vnd.apache.arrow.stream' },
} as const satisfies Record<string, { format: QueryOptions['format']; type: string }>;

const queryBody = Type.Object(
  {
    environment,
    sql: Type.String({
      description: `One read-only statement, at most ${limits.sqlBytesMax} bytes.`,
      examples: ['SELECT event, uniqExact(identity_id) AS people FROM events GROUP BY event'],
    }),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'Values for the parameters that the statement names with their types, `{id:String}`: each is checked, and bound as a value of its type whatever it holds. Types: String, Int8 to Int256 and UInt8 to UInt256 (numbers or their digits as a string), Float32, Float64, Bool, UUID, Date, DateTime, DateTime64(n), Nullable(…), Array(…).',
        examples: [{ id: 'user_123', since: '2026-08-01T00:00:00Z', events: ['signup', 'purchase'] }],
      }),
    ),
    format: Type.Optional(
      Type.Unsafe<keyof typeof formats>({
        type: 'string',
        enum: Object.keys(formats),
        default: 'json',
        description: 'Form of the answer.',
      }),
    ),
  },
  { additionalProperties: false },
);

const bytes = Type.String({ format: 'binary' });

const schema = {
  summary: 'Ask in SQL',
  description:
    'Read-only SQL over events, identities, identifiers and links of one environment, bounded. Sent when it is whole.',
  operationId: 'query',
  tags: ['query'],
  body: queryBody,
  response: {
    200: {
      description: 'The rows.',
      content: {
        'application/json': {
          schema: Type.Object({
            data: Type.Array(Type.Record(Type.String(), Type.Unknown()), { description: 'The rows.' }),
            meta: Type.Array(Type.Object({ name: Type.String(), type: Type.String() }), {
              description: 'The columns.',
            }),
            rows: Type.Integer({ description: 'How many they are.' }),
            rows_before_limit_at_least: Type.Optional(
              Type.Integer({ description: 'How many there would be without LIMIT, at least.' }),
            ),
            totals: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'Of WITH TOTALS.' })),
            statistics: Type.Optional(
              Type.Object(
                { elapsed: Type.Number(), rows_read: Type.Integer(), bytes_read: Type.Integer() },
                { description: 'Seconds, and what was read.' },
              ),
            ),
          }),
        },
        'application/x-ndjson': { schema: Type.String() },
        'text/csv': { schema: Type.String() },
        'application/vnd.apache.parquet': { schema: bytes },
        'application/vnd.apache.arrow.stream': { schema: bytes },
      },
    },
    ...errorResponses(400, 401, 403, 413, 415, 422, 429),
  },
};

export async function queryRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.post<{ Body: Static<typeof queryBody> }>('/query', needs('query', schema), async (request, reply) => {
    const { sql, params: parameters, format = 'json', environment: named } = request.body;
    const { format: engineFormat, type } = formats[format];
    request.asked = askedOf(sql);
    const at = environmentFor(request, services, named);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    let result: QueryResult;
    try {
      const options = { format: engineFormat, key: request.key!.name, signal: gone.signal };
      result = await services.reads.query(at, sql, { ...options, ...(parameters !== undefined && { parameters }) });
    } catch (error) {
      // Nobody is there to be answered, and nothing to be logged.
      if (gone.signal.aborted) return reply.hijack();
      throw error;
    }
    reply.header('content-type', type).header('content-length', result.size);
    return reply.send(await bodyOf(result, reply));
  });
}
