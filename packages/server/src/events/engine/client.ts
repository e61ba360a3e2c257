import type { ClickHouseClient } from '@clickhouse/client';
import type { Settings } from '../engine.ts';

/** Times without a zone are of UTC (docs/sql.md), wherever the engine stands. */
export const timeSettings: Settings = { session_timezone: 'UTC' };

export const internalSettings: Settings = {
  ...timeSettings,
  output_format_json_quote_64bit_integers: 0,
  // Id lists of large identities are literals in the statement.
  max_query_size: 16 * 1024 * 1024,
};

export const parquetSettings = (rowGroupRows: number): string =>
  `output_format_parquet_row_group_size = ${rowGroupRows}, output_format_parquet_string_as_string = 1`;

export async function command(client: ClickHouseClient, query: string): Promise<void> {
  await client.command({ query });
}

export async function rows<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  const result = await client.query({ query, format: 'JSONEachRow' });
  return result.json<Row>();
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
