import type { Databases } from './databases.ts';
import { type Engine, engineErrorCode, type Settings } from './engine.ts';
import { jsonSettings } from './projection.ts';

/** Errors of the data, not of the engine: they come again however often the batch is sent. */
const dataErrors = new Set([
  6, // CANNOT_PARSE_TEXT
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  306, // TOO_DEEP_RECURSION
  376, // CANNOT_PARSE_UUID
  467, // CANNOT_PARSE_BOOL
]);

/**
 * Inserts a batch once per token. rows.ts writes nothing that the engine refuses; should it refuse a row all the same, the batch
 * is halved until that row stands alone, and the row is kept with its properties as text only (`properties_raw`). Halves have
 * tokens of their own, made from the batch's, so a batch sent again after a crash finds what is there already.
 */
export async function insertEvents(engine: Engine, databases: Databases, ndjson: Buffer, token: string): Promise<void> {
  if (ndjson.length === 0) return;
  const settings: Settings = {
    ...jsonSettings,
    insert_deduplication_token: token,
    // A batch may hold events of any year.
    max_partitions_per_insert_block: 0,
  };
  try {
    await engine.insertRaw(`${databases.data}.events`, ndjson, settings);
  } catch (error) {
    const code = engineErrorCode(error);
    if (code === null || !dataErrors.has(code)) throw error;
    const middle = lineEndNearMiddle(ndjson);
    if (middle === ndjson.length) {
      const bare = withoutProperties(ndjson);
      if (bare === null) throw error;
      await insertEvents(engine, databases, bare, `${token}/bare`);
      return;
    }
    await insertEvents(engine, databases, ndjson.subarray(0, middle), `${token}/0`);
    await insertEvents(engine, databases, ndjson.subarray(middle), `${token}/1`);
  }
}

const NEWLINE = 0x0a;

/** Just after a newline, with rows on both sides; the whole length when there is only one row. */
function lineEndNearMiddle(ndjson: Buffer): number {
  const after = ndjson.indexOf(NEWLINE, ndjson.length >> 1) + 1;
  if (after > 0 && after < ndjson.length) return after;
  const before = ndjson.lastIndexOf(NEWLINE, ndjson.length - 2) + 1;
  return before > 0 ? before : ndjson.length;
}

/** The row with empty properties, or null when they are not what the engine refuses. */
function withoutProperties(line: Buffer): Buffer | null {
  const row = JSON.parse(line.toString('utf8'));
  const raw = row.properties_raw || JSON.stringify(row.properties);
  if (Object.keys(row.properties).length === 0) return null;
  return Buffer.from(`${JSON.stringify({ ...row, properties: {}, properties_raw: raw })}\n`, 'utf8');
}
