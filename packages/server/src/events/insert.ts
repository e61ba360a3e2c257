import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { Databases } from './databases.ts';
import type { Engine, Settings } from './engine.ts';
import { jsonSettings } from './projection.ts';
import { isRowError } from './row-error.ts';

/**
 * Inserts a batch once per token. rows.ts writes nothing that the engine refuses. Should it refuse a row all the same, the whole batch
 * is refused and nothing is written: the drain then halves the batch until that row stands alone. A lone row is tried once more with
 * its properties as text only (`properties_raw`), under a token made from the batch's.
 */
export async function insertEvents(engine: Engine, databases: Databases, ndjson: Buffer, token: string): Promise<void> {
  if (ndjson.length === 0) return;
  const table = `${databases.data}.events`;
  // A batch may hold events of any year.
  const settings: Settings = { ...jsonSettings, max_partitions_per_insert_block: 0 };
  try {
    await engine.insertRaw(table, ndjson, { ...settings, insert_deduplication_token: token });
  } catch (error) {
    const bare = isRowError(error) && isOneLine(ndjson) ? withoutProperties(ndjson) : null;
    if (bare === null) throw error;
    await engine.insertRaw(table, bare, { ...settings, insert_deduplication_token: `${token}/bare` });
  }
}

const newline = 0x0a;

function isOneLine(ndjson: Buffer): boolean {
  const end = ndjson.indexOf(newline);
  return end === -1 || end === ndjson.length - 1;
}

/** The row with empty properties, or null when they are not what the engine refuses. */
function withoutProperties(line: Buffer): Buffer | null {
  const row = parseExact(line.toString('utf8'));
  const raw = row.properties_raw || stringifyExact(row.properties);
  if (Object.keys(row.properties).length === 0) return null;
  return Buffer.from(`${JSON.stringify({ ...row, properties: {}, properties_raw: raw })}\n`, 'utf8');
}
