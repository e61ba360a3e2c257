import { nodeId } from '../node-id.ts';
import type { IdentifierRow, IdentityRow, LinkRow, SeparationRow, StoredEvent } from './types.ts';

/*
 * The wire form of every row: newline-delimited JSON, times as epoch milliseconds (a DateTime64(3) takes the number as it is).
 *
 * The engine's JSON type does not keep everything. It refuses a whole batch for one integer beyond 64 bits, one lone surrogate or
 * one object nested a few thousand deep; it drops nulls and empty objects; and a key "a.b" becomes the path a → b. So:
 * - what it would refuse is rewritten: such integers as floats, lone surrogates as U+FFFD;
 * - an event whose properties would not come back as they were sent also carries them as text, in `properties_raw`, from which
 *   timelines and exports answer; a profile always does, in `traits_raw`. SQL sees the column `properties`, with `properties.a.b` for a key "a.b"; of two keys that
 *   become the same path the first stays.
 */

/** Where rewritten JSON turns to text; ingestion refuses more than 32 levels, and the engine takes a thousand. */
const DEPTH_MAX = 64;

/** Years 1900 to 2299: what the column holds. */
const TIME_MIN_MS = Date.UTC(1900, 0, 1);
const TIME_MAX_MS = Date.UTC(2300, 0, 1) - 1;

// Node 20 has it, the ES2023 library does not say so.
const isWellFormed = (String.prototype as unknown as { isWellFormed(): boolean }).isWellFormed;

const clampTime = (ms: number): number =>
  Number.isFinite(ms) ? Math.trunc(Math.min(Math.max(ms, TIME_MIN_MS), TIME_MAX_MS)) : 0;

/** JSON.stringify escapes only surrogates that stand alone; with u, the class matches no others either. */
function text(value: string): string {
  const json = JSON.stringify(value);
  return json.includes('\\ud') ? JSON.stringify(value.replace(/\p{Surrogate}/gu, '\uFFFD')) : json;
}
const textOrNull = (value: string | null): string => (value === null ? 'null' : text(value));

/** Possibly refused by the engine: an escaped surrogate, an integer of 19 digits. A false alarm only costs a slower path. */
const suspicious = /\\ud[89a-f]|(?<![.\d])\d{19}/;

/** Numbers from here on may not come back digit for digit. */
const EXACT_BELOW = 1e15;

/**
 * Whether the engine would change the value: nulls, empty objects, dots in keys, half surrogate pairs, numbers beyond 2^53. A walk
 * takes a quarter of the time that a pattern over the text does.
 */
function isLossy(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return !isWellFormed.call(value);
    case 'number':
      return !(Math.abs(value) < EXACT_BELOW);
    case 'boolean':
      return false;
    case 'object':
      break;
    default:
      return true;
  }
  if (value === null || depth >= DEPTH_MAX) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (isLossy(item, depth + 1)) return true;
    return false;
  }
  let isEmpty = depth > 0;
  for (const key in value) {
    isEmpty = false;
    if (key.includes('.') || !isWellFormed.call(key)) return true;
    if (isLossy((value as Record<string, unknown>)[key], depth + 1)) return true;
  }
  return isEmpty;
}

/** JSON that the engine takes, whatever the value. */
function safeJson(value: unknown, depth = 0): string {
  if (typeof value === 'string') return text(value);
  // 2^63 and beyond: written with an exponent it is a float and not an integer out of range.
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 63 && Number.isFinite(value)) return value.toExponential();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth >= DEPTH_MAX) return text(stringify(value) ?? '');
  if (Array.isArray(value)) return `[${value.map((item) => safeJson(item, depth + 1)).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${text(key)}:${safeJson(member, depth + 1)}`).join(',')}}`;
}

/** Null when the value nests too deep even for JSON.stringify. */
function stringify(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return null;
  }
}

function propertiesOf(event: StoredEvent): string {
  const json = stringify(event.properties);
  if (json === null) return `"properties":${safeJson(event.properties)}`;
  if (!isLossy(event.properties)) return `"properties":${json}`;
  const safe = suspicious.test(json) ? safeJson(event.properties) : json;
  return `"properties":${safe},"properties_raw":${JSON.stringify(json)}`;
}

function encodeEvent(event: StoredEvent, node: string, identityId: string): string {
  return (
    `{"uuid":"${event.uuid}","timestamp":${clampTime(event.timestamp)},"received_at":${clampTime(event.received_at)},` +
    `"event":${text(event.event)},${propertiesOf(event)},"distinct_id":${text(event.distinct_id)},` +
    `"anonymous_id":${textOrNull(event.anonymous_id)},"device_id":${textOrNull(event.device_id)},` +
    `"session_id":${textOrNull(event.session_id)},"node_id":"${node}","identity_id":"${identityId}"}\n`
  );
}

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
    parts.push(Buffer.from(encodeEvent(event, node, identityIdOf(event.distinct_id)), 'utf8'));
  }
  return Buffer.concat(parts);
}

/** A profile that the engine refused would hold up the whole projection, so that nesting is looked at here as well. */
function traitsOf(json: string): string {
  const brackets = json.split(/[[{]/, DEPTH_MAX + 1).length - 1;
  return brackets >= DEPTH_MAX || suspicious.test(json) ? safeJson(JSON.parse(json)) : json;
}

const texts = (values: readonly string[]): string => `[${values.map(text).join(',')}]`;

const lines = <Row>(rows: readonly Row[], encode: (row: Row) => string): Buffer =>
  Buffer.from(rows.map((row) => `${encode(row)}\n`).join(''), 'utf8');

export const encodeIdentifiers = (rows: readonly IdentifierRow[]): Buffer =>
  lines(
    rows,
    (row) =>
      `{"node_id":"${row.node_id}","distinct_id":${text(row.distinct_id)},"identity_id":"${row.identity_id}",` +
      `"canonical_id":${text(row.canonical_id)},"known":${row.known},"identified_seq":${row.identified_seq},` +
      `"first_seen":${row.first_seen === null ? 'null' : clampTime(row.first_seen)},"version":${row.version}}`,
  );

export const encodePending = (rows: readonly IdentifierRow[]): Buffer =>
  lines(rows, (row) => `{"node_id":"${row.node_id}","identity_id":"${row.identity_id}","version":${row.version}}`);

export const encodeIdentities = (rows: readonly IdentityRow[]): Buffer =>
  lines(
    rows,
    (row) =>
      `{"identity_id":"${row.identity_id}","canonical_id":${text(row.canonical_id)},"known":${row.known},` +
      `"traits":${traitsOf(row.traits)},"traits_raw":${text(row.traits)},` +
      `"trait_origins":${text(row.trait_origins)},"other_traits":${text(row.other_traits)},` +
      `"identifiers":${texts(row.identifiers)},"known_identifiers":${texts(row.known_identifiers)},` +
      `"created_at":${clampTime(row.created_at)},"version":${row.version},"deleted":${row.deleted ? 1 : 0}}`,
  );

export const encodeLinks = (rows: readonly LinkRow[]): Buffer =>
  lines(
    rows,
    (row) =>
      `{"seq":${row.seq},"kind":${text(row.kind)},"primary_id":${text(row.primary_id)},` +
      `"secondary_id":${text(row.secondary_id)},"status":${text(row.status)},"reason":${textOrNull(row.reason)},` +
      `"time":${clampTime(row.time)},"key":${textOrNull(row.key)},"lib":${textOrNull(row.lib)},` +
      `"batch":${textOrNull(row.batch)},"rule":${text(row.rule)},"effective_time":${clampTime(row.effective_time)},` +
      `"waived":${texts(row.waived)},"public":${row.public},"version":${row.version}}`,
  );

export const encodeSeparations = (rows: readonly SeparationRow[]): Buffer =>
  lines(
    rows,
    (row) =>
      `{"distinct_id":${text(row.distinct_id)},"separated_from":${text(row.separated_from)},"seq":${row.seq},` +
      `"lifted":${row.lifted},"version":${row.version}}`,
  );
