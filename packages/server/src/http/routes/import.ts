import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ImportEvent, ImportOptions } from '../../import/types.ts';
import type { Key } from '../../keys/types.ts';
import { limits } from '../../limits.ts';
import { mayRead, needs } from '../auth.ts';
import { jsonLine } from '../json-line.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { jsonLinesOf, withFirst } from '../streams.ts';
import { type ImportQuery, type ImportRoute, importSchema } from './import-schemas.ts';

/** Bodies here are files, streamed to where they are read from: they meet none of the JSON parsers. */
export async function importRoutes(app: FastifyInstance, { services }: RouteContext): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, body, done) => done(null, body));

  app.post<ImportRoute>(
    '/import',
    { ...needs('import', importSchema), bodyLimit: limits.importBytesMax },
    async (request, reply) => {
      const environment = environmentFor(request, services, request.query.environment);
      const body = (request.body as Readable | undefined) ?? Readable.from([]);
      const events = await withFirst(
        visibleTo(request.key!, services.imports.run(environment, body, optionsOf(request))),
      );
      if (isJsonWanted(request)) return reply.type('application/json; charset=utf-8').send(await collected(events));
      reply.header('content-type', 'application/x-ndjson; charset=utf-8');
      return reply.send(Readable.from(jsonLinesOf(events, request), { objectMode: false }));
    },
  );
}

const isJsonWanted = (request: FastifyRequest): boolean => /\bapplication\/json\b/.test(request.headers.accept ?? '');

function optionsOf(request: FastifyRequest<ImportRoute>): ImportOptions {
  const { query } = request;
  const given: ImportQuery = query;
  const contentType = request.headers['content-type'];
  return {
    dryRun: given.dry_run ?? false,
    restart: given.restart ?? false,
    key: request.key!.name,
    ...(contentType === undefined ? {} : { contentType }),
    ...(given.format === undefined ? {} : { format: given.format }),
    ...(given.from === undefined ? {} : { from: given.from }),
    ...(given.delimiter === undefined ? {} : { delimiter: given.delimiter }),
    ...(given.batch === undefined ? {} : { batch: given.batch }),
    ...(given.file_name === undefined ? {} : { fileName: given.file_name }),
    ...(given.kind === undefined ? {} : { kind: given.kind }),
    ...(given.primary === undefined ? {} : { primary: given.primary }),
    ...(given.secondary === undefined ? {} : { secondary: given.secondary }),
    ...(given.secondary_prefix === undefined ? {} : { secondaryPrefix: given.secondary_prefix }),
    ...(given.anonymous === undefined ? {} : { anonymous: given.anonymous }),
    ...(given.event === undefined ? {} : { event: given.event }),
    ...(given.timestamp === undefined ? {} : { timestamp: given.timestamp }),
    ...(given.trait === undefined && given.traits === undefined ? {} : { traits: traitsOf(given) }),
  };
}

const traitsOf = ({ trait = [], traits }: ImportQuery): string[] =>
  [trait, traits?.split(',').map((one) => one.trim()) ?? []].flat();

/** Whose the largest identities are is for keys that may read. */
async function* visibleTo(key: Key, events: AsyncIterable<ImportEvent>): AsyncGenerator<ImportEvent> {
  for await (const event of events) {
    if (event.type !== 'done' || mayRead(key)) {
      yield event;
    } else {
      const { largest_identities: _, ...rest } = event;
      yield rest;
    }
  }
}

async function collected(events: AsyncIterable<ImportEvent>): Promise<string> {
  const rejected: unknown[] = [];
  let started: object = {};
  let done: object = {};
  for await (const { type, ...event } of events) {
    if (type === 'started') started = event;
    if (type === 'done') done = event;
    if (type === 'rejected' && rejected.length < limits.importRejectionsListedMax) rejected.push(event);
  }
  return jsonLine({ ...started, ...done, rejected });
}
