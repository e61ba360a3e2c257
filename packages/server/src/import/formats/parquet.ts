import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { OnymError } from '../../errors.ts';
import { numberOf } from '../../exact-json/parse.ts';
import { isObject } from '../../ingest/json-values.ts';
import type { Cells, RowBatch } from '../types.ts';

/** Row group by row group: what is in memory is one of them, whatever the file's size. */
export async function* readParquet(file: string, rowGroupBytesMax: number): AsyncGenerator<RowBatch> {
  const { buffer, metadata } = await open(file);
  let rowStart = 0;
  let bytes = 0;
  for (const group of metadata.row_groups) {
    const size = Number(group.total_byte_size);
    if (size > rowGroupBytesMax) {
      throw new OnymError(
        'payload-too-large',
        `A row group of the Parquet file holds ${size} bytes; at most ${rowGroupBytesMax} are read at a time. Write the file with smaller row groups.`,
      );
    }
    const rowEnd = rowStart + Number(group.num_rows);
    const objects = await decode(() => parquetReadObjects({ file: buffer, metadata, compressors, rowStart, rowEnd }));
    bytes += Number(group.total_compressed_size ?? group.total_byte_size);
    const first = rowStart;
    yield {
      rows: objects.map((cells, index) => ({ line: first + index + 1, cells: plainJson(cells) as Cells })),
      bytes,
    };
    rowStart = rowEnd;
  }
}

export async function parquetShape(file: string): Promise<{ readonly columns: string[]; readonly rows: number }> {
  const { metadata } = await open(file);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  return { columns, rows: Number(metadata.num_rows) };
}

async function open(file: string) {
  const buffer = await asyncBufferFromFile(file);
  return { buffer, metadata: await decode(() => parquetMetadataAsync(buffer)) };
}

async function decode<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new OnymError(
      'invalid-payload',
      `The Parquet file can not be read: ${(error as Error).message}. It may have been cut off; write or send it again.`,
      { cause: error },
    );
  }
}

/** Dates have no place in JSON, and its integers of 64 bits are all bigints. */
function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return numberOf(String(value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plainJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainJson(member)]));
}
