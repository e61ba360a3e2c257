import { type Static, Type } from 'typebox';
import type { ImportFormat, ImportKind, Rejection, Vendor } from '../../import/types.ts';
import { vendors } from '../../import/vendors/tables.ts';
import { limits } from '../../limits.ts';
import { environment, errorLine, errorResponses, forReaders } from '../schemas.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));
const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const one = <Value extends string>(values: readonly Value[], description: string) =>
  Type.Optional(Type.Unsafe<Value>({ type: 'string', enum: [...values], description }));
const count = Type.Integer({ minimum: 0 });

const formats = ['csv', 'ndjson', 'json', 'parquet'] as const;

const query = Type.Object({
  environment,
  format: one<ImportFormat>(
    formats,
    'Of the file. Else as its first bytes, content type or name say. `ndjson` and `json` are told apart by the file.',
  ),
  from: one<Vendor>(vendors, 'Whose export the file is. Else as its shape says.'),
  kind: one<ImportKind>(['alias', 'identify', 'event'], 'What each row is. Else as the columns look.'),
  batch: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.importBatchNameLengthMax,
      description: 'Name of the batch. Else made of the file’s name and contents.',
    }),
  ),
  file_name: text('Of the file; used for the batch’s name.'),
  dry_run: flag('Judge every row on a copy of the identities; write nothing.'),
  restart: flag('Begin at the first row again, whatever an earlier run of the batch has done.'),
  delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1, description: 'Of a CSV file.' })),
  primary: text('Column of the id that keeps its name.'),
  secondary: text('Column of the other id of an alias pair.'),
  secondary_prefix: text('Put before each secondary id that does not begin with it, such as `legacy:`.'),
  anonymous: text('Column of the anonymous id.'),
  event: text('Column of the event’s name.'),
  timestamp: text('Column of the time, or `now` where the rows have none.'),
  trait: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description:
        'Column that is a trait: `column`, `column=key`, and `:number`, `:boolean` or `:json` behind it. May repeat.',
    }),
  ),
  traits: text('Several of them, separated by commas; `*`: every column that has no other meaning.'),
});
export type ImportQuery = Static<typeof query>;
export interface ImportRoute {
  Querystring: ImportQuery;
}

const words = (description: string) => Type.Record(Type.String(), count, { description });
const counts = Type.Object(
  { applied: count, unchanged: count, refused: count, held: count, invalid: count },
  { description: 'Rows, by verdict.' },
);

const started = {
  batch: Type.String({ description: 'POST /v1/revert takes it back under this name.' }),
  format: Type.Unsafe<ImportFormat>({ type: 'string', enum: [...formats], description: 'Of the file.' }),
  bytes: Type.Integer({ minimum: 0, description: 'Of the file, decompressed.' }),
  dry_run: Type.Boolean(),
  recognised: Type.String({ description: 'What the file is, in a sentence or two.' }),
  mapping: Type.Record(Type.String(), Type.String(), { description: 'What each column is taken for, in words.' }),
  ignored_columns: Type.Array(Type.String(), {
    description: `Those without a meaning, ${limits.importColumnsListedMax} at most.`,
  }),
  more_ignored_columns: Type.Integer({ minimum: 0, description: 'The rest of them.' }),
  resumed_after_line: Type.Integer({
    minimum: 0,
    description: 'Where an earlier run of the batch stopped; 0 for none.',
  }),
};

const rejection = {
  line: Type.Integer({ minimum: 0, description: 'Of the file, from 1; of Parquet and JSON, the row.' }),
  verdict: Type.Unsafe<Rejection['verdict']>({ type: 'string', enum: ['invalid', 'refused', 'held'] }),
  error_code: Type.String({ description: 'Of an invalid row; else the reason.' }),
  message: Type.String(),
  row: Type.Unknown({ description: 'The row, by column; or as much of it as can be read.' }),
};

const done = {
  ok: Type.Literal(true),
  batch: started.batch,
  dry_run: Type.Boolean(),
  finished_before: Type.Boolean({ description: 'True when an earlier run had finished this file in this batch.' }),
  rows: count,
  counts,
  reasons: words('Of refused, held and invalid rows.'),
  links: words('Of events: verdicts of the link evidence they carried.'),
  skipped: words('Of a table that Onym exported: rows that join nothing, as they did not there, by the reason.'),
  largest_identities: Type.Optional(
    Type.Array(Type.Object({ canonical_id: Type.String(), identifiers: count }), { description: forReaders }),
  ),
  warnings: Type.Array(Type.String()),
};

export const importLine = Type.Union(
  [
    Type.Object({ type: Type.Literal('started'), ...started }),
    Type.Object({ type: Type.Literal('rejected'), ...rejection }),
    Type.Object({ type: Type.Literal('progress'), rows: count, bytes: count, counts }),
    Type.Object({ type: Type.Literal('done'), ...done }),
    errorLine,
  ],
  { $id: 'ImportLine', description: 'How far an import is; then `done`, or `error`.' },
);

const summary = Type.Object({
  ...started,
  ...done,
  rejected: Type.Array(Type.Object(rejection), { description: `The first ${limits.importRejectionsListedMax}.` }),
});

export const importSchema = {
  summary: 'Import a file',
  description:
    'CSV, NDJSON, JSON or Parquet as the body, gzip, Zstandard or plain: alias pairs, identify rows or events, or an export of PostHog, Segment, RudderStack, Mixpanel or Amplitude, as one batch. Rows are judged once the whole file has arrived. ' +
    'A table as GET /v1/export/{what} writes it is known by its columns, and becomes what it was. ' +
    'A bad row costs its neighbours nothing. The same file in the same batch goes on where an earlier run stopped. ' +
    'Answers lines of JSON while it works (`started`, `rejected`, `progress`, then `done` or `error`), or one object with `Accept: application/json`.',
  operationId: 'importFile',
  tags: ['import'],
  querystring: query,
  response: {
    200: {
      description: 'What became of the rows. Lines of JSON, each as described; or one object.',
      content: { 'application/x-ndjson': { schema: Type.Ref('ImportLine#') }, 'application/json': { schema: summary } },
    },
    ...errorResponses(400, 401, 403, 409, 413, 422, 429),
  },
};
