import { createReadStream } from 'node:fs';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { ImportFormat, ImportOptions, RowBatch } from '../types.ts';
import type { Upload } from '../upload.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { framingOf } from './json-framing.ts';
import { readNdjson } from './ndjson.ts';
import { parquetShape, readParquet } from './parquet.ts';

/** The rows of a file, to be read from the beginning as often as asked for. */
export interface Rows {
  readonly format: ImportFormat;
  read(): AsyncIterable<RowBatch>;
  /** Of a file that says so itself. */
  readonly shape: { readonly columns: readonly string[]; readonly rows: number } | null;
}

const readBytes = 256 * 1024;

const formatByContentType: readonly (readonly [RegExp, ImportFormat])[] = [
  [/^text\/csv\b/i, 'csv'],
  [/^application\/(x-)?(ndjson|jsonl|json-?lines)\b/i, 'ndjson'],
  [/^application\/(vnd\.apache\.|x-)?parquet\b/i, 'parquet'],
];

export async function openRows(upload: Upload, options: ImportOptions): Promise<Rows> {
  const { path } = upload;
  const rowBytesMax = limits.importRowBytesMax;
  const chunks = () => createReadStream(path, { highWaterMark: readBytes }) as AsyncIterable<Buffer>;
  const format = formatOf(upload, options);
  switch (format) {
    case 'parquet': {
      const shape = await parquetShape(path);
      return { format, shape, read: () => readParquet(path, limits.importRowGroupBytesMax) };
    }
    case 'csv': {
      const { isUtf8 } = upload;
      const { delimiter } = options;
      const csv = { rowBytesMax, isUtf8, ...(delimiter === undefined ? {} : { delimiter }) };
      return { format, shape: null, read: () => readCsv(chunks(), csv) };
    }
    default: {
      const framing = await framingOf(path);
      if (framing === 'lines') return { format: 'ndjson', shape: null, read: () => readNdjson(chunks(), rowBytesMax) };
      const json = { rowBytesMax, isWrapped: framing === 'wrapped' };
      return { format: 'json', shape: null, read: () => readJson(chunks(), json) };
    }
  }
}

/** As asked; else as the first bytes look, where they can only be one; else as the content type or the file's name says. */
export function formatOf({ head, bytes }: Pick<Upload, 'head' | 'bytes'>, options: ImportOptions): ImportFormat {
  if (bytes === 0) throw new OnymError('invalid-payload', 'The file is empty.');
  if (options.format !== undefined) return options.format;
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  if (/^\uFEFF?\s*(\{\s*["}]|\[\s*[[{\]])/.test(head.toString('utf8'))) return 'json';
  const typed = formatByContentType.find(([pattern]) => pattern.test(options.contentType ?? ''));
  if (typed !== undefined) return typed[1];
  const name = (options.fileName ?? '').replace(/\.(gz|zst|zstd)$/i, '');
  if (/\.(csv|tsv|tab|txt)$/i.test(name)) return 'csv';
  if (/\.(ndjson|jsonl|json)$/i.test(name)) return 'json';
  return /^\uFEFF?\s*\{/.test(head.toString('utf8')) ? 'json' : 'csv';
}
