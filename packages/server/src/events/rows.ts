import { parseExact } from '../exact-json/parse.ts';
import { nodeId } from '../node-id.ts';
import { clampTime, jsonColumn, rowEnd, rowStart, textOrNull } from './event-rows.ts';
import { isLossy, text } from './json-column.ts';
import { linesOf } from './line-bytes.ts';
import type { IdentifierRow, IdentityRow, LinkRow, SeparationRow, StoredEvent } from './types.ts';

/*
 * The wire form of every row: newline-delimited JSON, times as epoch milliseconds (a DateTime64(3) takes the number as it is).
 */

/**
 * The body that `insertEvents` takes. The same events give the same bytes but for identity_id, and always the same partitions,
 * which is what deduplication after a crash needs. `identityIdOf` answers with the node id itself for identifiers never linked.
 */
export function encodeEvents(
  environment: string,
  events: readonly StoredEvent[],
  identityIdOf: (distinctId: string) => string,
): Buffer {
  const nodes = new Map<string, string>();
  // Line by line into bytes: one long string would be copied several times over, and be the garbage collector's.
  const parts: Buffer[] = [];
  for (const event of events) {
    let node = nodes.get(event.distinct_id);
    if (node === undefined) {
      node = nodeId(environment, event.distinct_id);
      nodes.set(event.distinct_id, node);
    }
    parts.push(Buffer.from(rowStart(event) + rowEnd(node, identityIdOf(event.distinct_id)), 'utf8'));
  }
  return Buffer.concat(parts);
}

const texts = (values: readonly string[]): string => `[${values.map(text).join(',')}]`;

export const encodeIdentifiers = (rows: readonly IdentifierRow[]): Buffer =>
  linesOf(
    rows,
    (row) =>
      `{"node_id":"${row.node_id}","distinct_id":${text(row.distinct_id)},"identity_id":"${row.identity_id}",` +
      `"canonical_id":${text(row.canonical_id)},"known":${row.known},"identified_seq":${row.identified_seq},` +
      `"first_seen":${row.first_seen === null ? 'null' : clampTime(row.first_seen)},"version":${row.version}}`,
  );

export const encodePending = (rows: readonly IdentifierRow[]): Buffer =>
  linesOf(rows, (row) => `{"node_id":"${row.node_id}","identity_id":"${row.identity_id}","version":${row.version}}`);

export const encodeIdentities = (rows: readonly IdentityRow[]): Buffer =>
  linesOf(
    rows,
    (row) =>
      `{"identity_id":"${row.identity_id}","canonical_id":${text(row.canonical_id)},"known":${row.known},` +
      `${jsonColumn('traits', row.traits, row.traits !== '{}' && isLossy(parseExact(row.traits)))},` +
      `"trait_origins":${text(row.trait_origins)},"other_traits":${text(row.other_traits)},` +
      `"identifiers":${texts(row.identifiers)},"known_identifiers":${texts(row.known_identifiers)},` +
      `"created_at":${clampTime(row.created_at)},"version":${row.version},"deleted":${row.deleted ? 1 : 0}}`,
  );

export const encodeLinks = (rows: readonly LinkRow[]): Buffer =>
  linesOf(
    rows,
    (row) =>
      `{"seq":${row.seq},"kind":${text(row.kind)},"primary_id":${text(row.primary_id)},` +
      `"secondary_id":${text(row.secondary_id)},"status":${text(row.status)},"reason":${textOrNull(row.reason)},` +
      `"time":${clampTime(row.time)},"key":${textOrNull(row.key)},"lib":${textOrNull(row.lib)},` +
      `"batch":${textOrNull(row.batch)},"rule":${text(row.rule)},"effective_time":${clampTime(row.effective_time)},` +
      `"waived":${texts(row.waived)},"public":${row.public},"version":${row.version}}`,
  );

export const encodeSeparations = (rows: readonly SeparationRow[]): Buffer =>
  linesOf(
    rows,
    (row) =>
      `{"distinct_id":${text(row.distinct_id)},"separated_from":${text(row.separated_from)},"seq":${row.seq},` +
      `"lifted":${row.lifted},"version":${row.version}}`,
  );
