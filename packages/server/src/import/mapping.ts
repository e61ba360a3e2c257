import { OnymError } from '../errors.ts';
import type { ColumnFlags, ImportKind } from './types.ts';

/** What an item's fields are read from. Columns are those of the file. */
export interface Mapping {
  readonly kind: ImportKind;
  /** Field of the call (`distinct_id`, `alias_id`, …) by column. */
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  readonly secondaryPrefix: string;
  /** Columns that become a trait or a property each. */
  readonly members: readonly { readonly column: string; readonly key: string; readonly type: MemberType }[];
  readonly ignored: readonly string[];
}

export type Field =
  | 'distinct_id'
  | 'alias_id'
  | 'anonymous_id'
  | 'device_id'
  | 'session_id'
  | 'event'
  | 'timestamp'
  | 'uuid'
  | 'traits'
  | 'traits_once'
  | 'properties';

export type MemberType = 'as-is' | 'number' | 'boolean' | 'json';

/** In order of preference; compared in lower case, with `-`, blanks and dots of words as `_`. */
const guesses: Readonly<Record<Field, readonly string[]>> = {
  distinct_id: ['distinct_id', 'new_id', 'primary_id', 'primary', 'canonical_id', 'user_id', 'userid', 'id'],
  alias_id: [
    'alias_id',
    'new_user_id',
    'legacy_id',
    'old_id',
    'previous_id',
    'legacy_user_id',
    'old_user_id',
    'secondary_id',
    'secondary',
    'alias',
  ],
  anonymous_id: ['anonymous_id', 'anonymousid', 'anon_id', 'visitor_id'],
  device_id: ['device_id', 'deviceid'],
  session_id: ['session_id', 'sessionid'],
  event: ['event', 'event_name', 'event_type'],
  timestamp: ['timestamp', 'time', 'occurred_at', 'event_time'],
  uuid: ['uuid', 'message_id', 'messageid', 'insert_id'],
  traits: ['traits', 'user_properties'],
  traits_once: ['traits_once'],
  properties: ['properties', 'event_properties'],
};

const fieldsByKind: Readonly<Record<ImportKind, readonly Field[]>> = {
  alias: ['distinct_id', 'alias_id', 'timestamp'],
  identify: ['distinct_id', 'anonymous_id', 'traits', 'traits_once', 'timestamp'],
  event: ['event', 'distinct_id', 'anonymous_id', 'device_id', 'session_id', 'properties', 'timestamp', 'uuid'],
};

const memberPrefix: Readonly<Record<ImportKind, RegExp | null>> = {
  alias: null,
  identify: /^traits?\.(.+)$/i,
  event: /^propert(?:y|ies)\.(.+)$/i,
};

/** A sensible reading of the columns, with flags before guesses. Throws `invalid-payload` that names the columns there are. */
export function mappingOf(columns: readonly string[], flags: ColumnFlags): Mapping {
  const there = `The file has the columns ${columns.map((name) => JSON.stringify(name)).join(', ') || '(none)'}.`;
  const named = (column: string, flag: string): string => {
    const found = columns.find((name) => name === column) ?? columns.find((name) => plain(name) === plain(column));
    if (found !== undefined) return found;
    throw new OnymError(
      'invalid-payload',
      `There is no column ${JSON.stringify(column)}, which ${flag} names. ${there}`,
    );
  };
  const asked: Partial<Record<Field, string>> = {};
  if (flags.primary !== undefined) asked.distinct_id = named(flags.primary, '--primary');
  if (flags.secondary !== undefined) asked.alias_id = named(flags.secondary, '--secondary');
  if (flags.anonymous !== undefined) asked.anonymous_id = named(flags.anonymous, '--anonymous');
  if (flags.event !== undefined) asked.event = named(flags.event, '--event');
  if (flags.timestamp !== undefined) asked.timestamp = named(flags.timestamp, '--timestamp');
  const traits = (flags.traits ?? []).map((text) => memberOf(text, named));
  const taken = new Set([...Object.values(asked), ...traits.map(({ column }) => column)]);

  const kind = flags.kind ?? guessKind(columns, asked, traits.length > 0, there);
  const fields: Partial<Record<Field, string>> = {};
  for (const field of fieldsByKind[kind]) {
    const column = asked[field] ?? guess(columns, field, taken);
    if (column === undefined) continue;
    fields[field] = column;
    taken.add(column);
  }
  const needed: readonly Field[] =
    kind === 'alias' ? ['distinct_id', 'alias_id'] : kind === 'event' ? ['event'] : ['distinct_id'];
  const missing = needed.find((field) => fields[field] === undefined);
  if (missing !== undefined) {
    const flag = missing === 'distinct_id' ? '--primary' : missing === 'alias_id' ? '--secondary' : '--event';
    throw new OnymError(
      'invalid-payload',
      `No column looks like the ${missing} of ${kind} rows. Name it with ${flag}. ${there}`,
    );
  }
  if (kind === 'event' && !fields.distinct_id && !fields.anonymous_id && !fields.device_id) {
    throw new OnymError('invalid-payload', `No column says whose events these are. Name it with --primary. ${there}`);
  }
  const prefix = memberPrefix[kind];
  const members = [...traits];
  for (const column of columns) {
    const key = prefix?.exec(column)?.[1];
    if (key === undefined || taken.has(column)) continue;
    taken.add(column);
    members.push({ column, key, type: 'as-is' });
  }
  return {
    kind,
    fields,
    secondaryPrefix: flags.secondaryPrefix ?? '',
    members,
    ignored: columns.filter((column) => !taken.has(column)),
  };
}

/** For people: what each column is taken for. */
export function mappingInWords({ kind, fields, members, secondaryPrefix }: Mapping): Record<string, string> {
  const words: Record<string, string> = { kind };
  for (const [field, column] of Object.entries(fields)) {
    words[column] =
      field === 'alias_id' && secondaryPrefix !== '' ? `alias_id, with ${secondaryPrefix} before it` : field;
  }
  for (const { column, key } of members) words[column] = `${kind === 'event' ? 'property' : 'trait'} ${key}`;
  return words;
}

const plain = (name: string): string =>
  name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

function guess(columns: readonly string[], field: Field, taken: ReadonlySet<string>): string | undefined {
  for (const name of guesses[field]) {
    const found = columns.find((column) => plain(column) === name && !taken.has(column));
    if (found !== undefined) return found;
  }
  return undefined;
}

function guessKind(
  columns: readonly string[],
  asked: Partial<Record<Field, string>>,
  hasTraits: boolean,
  there: string,
): ImportKind {
  const none = new Set<string>();
  const has = (field: Field) => asked[field] !== undefined || guess(columns, field, none) !== undefined;
  if (asked.alias_id !== undefined) return 'alias';
  if (asked.event !== undefined || has('event')) return 'event';
  if (has('distinct_id') && has('alias_id')) return 'alias';
  const describes =
    hasTraits || has('anonymous_id') || has('traits') || columns.some((name) => memberPrefix.identify!.test(name));
  if (has('distinct_id') && describes) return 'identify';
  throw new OnymError(
    'invalid-payload',
    `The columns do not tell what the rows are. Give --kind alias, identify or event, with --primary and --secondary. ${there}`,
  );
}

const typed = /^(.*):(number|boolean|json)$/s;

function memberOf(text: string, named: (column: string, flag: string) => string) {
  const match = typed.exec(text);
  const [column, key] = splitOnce(match?.[1] ?? text, '=');
  const found = named(column, '--trait');
  return { column: found, key: key ?? found.replace(/^traits?\./i, ''), type: (match?.[2] ?? 'as-is') as MemberType };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
