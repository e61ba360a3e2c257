import { OnymError } from '../errors.ts';
import { columnNamed, listed, plainName } from './columns.ts';
import { isCreation, noTimeError, timeColumns } from './times.ts';
import type { ColumnFlags, ImportKind } from './types.ts';

/** What an item's fields are read from. Columns are those of the file. */
export interface Mapping {
  readonly kind: ImportKind;
  /** Field of the call (`distinct_id`, `alias_id`, …) by column. */
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  /** Columns that say when; the first that is filled in counts. None: the row happens now. */
  readonly times: readonly string[];
  readonly secondaryPrefix: string;
  /** Columns that become a trait or a property each. */
  readonly members: readonly Member[];
  readonly ignored: readonly string[];
}

export type Field =
  | 'distinct_id'
  | 'alias_id'
  | 'anonymous_id'
  | 'device_id'
  | 'session_id'
  | 'event'
  | 'uuid'
  | 'traits'
  | 'traits_once'
  | 'properties';

export interface Member {
  readonly column: string;
  readonly key: string;
  readonly type: MemberType;
}

export type MemberType = 'as-is' | 'number' | 'boolean' | 'json';

/** In order of preference; compared by plainName. */
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
  anonymous_id: ['anonymous_id', 'anonymousid', 'anon_id', 'visitor_id', 'domain_userid', 'user_pseudo_id'],
  device_id: ['device_id', 'deviceid'],
  session_id: ['session_id', 'sessionid'],
  event: ['event', 'event_name', 'event_type'],
  uuid: ['uuid', 'message_id', 'messageid', 'insert_id', '$insert_id', 'event_id'],
  traits: ['traits', 'user_properties'],
  traits_once: ['traits_once'],
  properties: ['properties', 'event_properties'],
};

const visitorFields: readonly Field[] = ['anonymous_id', 'device_id'];

const fieldsByKind: Readonly<Record<ImportKind, readonly Field[]>> = {
  alias: ['distinct_id', 'alias_id'],
  identify: ['distinct_id', 'anonymous_id', 'traits', 'traits_once'],
  event: ['event', 'distinct_id', 'anonymous_id', 'device_id', 'session_id', 'properties', 'uuid'],
};

const memberPrefix: Readonly<Record<ImportKind, RegExp | null>> = {
  alias: null,
  identify: /^(?:context_)?traits?[._](.+)$/i,
  event: /^propert(?:y|ies)\.(.+)$/i,
};

/** A sensible reading of the columns, with flags before guesses; `mayBeTime` has seen what is in them. Throws `invalid-payload` that names the columns there are. */
export function mappingOf(
  columns: readonly string[],
  flags: ColumnFlags,
  mayBeTime: (column: string) => boolean = () => true,
): Mapping {
  const there = columnsThere(columns);
  const named = namedColumn(columns);
  const asked: Partial<Record<Field, string>> = {};
  if (flags.primary !== undefined) asked.distinct_id = named(flags.primary, '--primary');
  if (flags.secondary !== undefined) asked.alias_id = named(flags.secondary, '--secondary');
  if (flags.anonymous !== undefined) asked.anonymous_id = named(flags.anonymous, '--anonymous');
  if (flags.event !== undefined) asked.event = named(flags.event, '--event');
  const traits = (flags.traits ?? []).filter((text) => text !== everyColumn).map((text) => memberOf(text, named));
  const takesAll = (flags.traits ?? []).includes(everyColumn);
  const askedTimes = timesAsked(columns, flags);
  const taken = new Set([...Object.values(asked), ...(askedTimes ?? []), ...traits.map(({ column }) => column)]);

  const kind = flags.kind ?? guessKind(columns, asked, traits.length > 0 || takesAll, there);
  const fields: Partial<Record<Field, string>> = {};
  const isVisitors =
    kind === 'event' && visitorFields.some((field) => columnNamed(columns, guesses[field]) !== undefined);
  for (const field of fieldsByKind[kind]) {
    // Beside a visitor's id, the id of an event's row is the event's.
    const names = isVisitors ? guesses[field].filter((name) => name !== 'id') : guesses[field];
    const column = asked[field] ?? columnNamed(columns, names, taken);
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
  const times = askedTimes ?? timeColumns(columns, kind, taken, mayBeTime);
  for (const column of times) taken.add(column);
  if (kind === 'event' && askedTimes === null && times.length === 0) throw noTimeError(columns, there);
  if (kind === 'alias' && (takesAll || traits.length > 0)) throw noTraitsError();
  const prefix = memberPrefix[kind];
  const members = [...traits];
  for (const column of columns) {
    const key = prefix?.exec(column)?.[1] ?? (takesAll ? column : undefined);
    // When somebody signed up says when the row is from, for want of better, and is a trait all the same.
    const isOpen = !taken.has(column) || (kind === 'identify' && takesAll && isCreation(column));
    if (key === undefined || !isOpen) continue;
    taken.add(column);
    members.push({ column, key, type: 'as-is' });
  }
  return {
    kind,
    fields,
    times,
    secondaryPrefix: flags.secondaryPrefix ?? '',
    members,
    ignored: columns.filter((column) => !taken.has(column)),
  };
}

/** For people: what each column is taken for. */
export function mappingInWords({ kind, fields, times, members, secondaryPrefix }: Mapping): Record<string, string> {
  const words: Record<string, string> = { kind };
  for (const [field, column] of Object.entries(fields)) {
    words[column] =
      field === 'alias_id' && secondaryPrefix !== '' ? `alias_id, with ${secondaryPrefix} before it` : field;
  }
  for (const [index, column] of times.entries()) words[column] = timeInWords(times, index);
  for (const { column, key } of members) words[column] = `${kind === 'event' ? 'property' : 'trait'} ${key}`;
  return words;
}

export const timeInWords = (times: readonly string[], index: number): string =>
  index === 0
    ? 'timestamp'
    : `timestamp where ${times.slice(0, index).join(' and ')} ${index === 1 ? 'is' : 'are'} empty`;

export const columnsThere = (columns: readonly string[]): string => `The file has the columns ${listed(columns)}.`;

/** `--traits '*'`: whatever has no other meaning. */
export const everyColumn = '*';
/** `--timestamp now`: the rows have no time of their own. A column of that name goes before. */
const now = 'now';

/** As flags say; null where they say nothing. */
export function timesAsked(columns: readonly string[], { timestamp }: ColumnFlags): string[] | null {
  if (timestamp === undefined) return null;
  return timestamp === now && !columns.includes(now) ? [] : [namedColumn(columns)(timestamp, '--timestamp')];
}

/** The column that a flag names. */
export const namedColumn =
  (columns: readonly string[]) =>
  (column: string, flag: string): string => {
    const found = columns.find((name) => name === column) ?? columnNamed(columns, [plainName(column)]);
    if (found !== undefined) return found;
    throw new OnymError(
      'invalid-payload',
      `There is no column ${JSON.stringify(column)}, which ${flag} names. ${columnsThere(columns)}`,
    );
  };

export function noTraitsError(): OnymError {
  return new OnymError(
    'invalid-payload',
    'Rows of alias pairs carry no traits. Import the file once without --trait and --traits, and once more with --kind identify.',
  );
}

function guessKind(
  columns: readonly string[],
  asked: Partial<Record<Field, string>>,
  hasTraits: boolean,
  there: string,
): ImportKind {
  const none = new Set<string>();
  const has = (field: Field) => asked[field] !== undefined || columnNamed(columns, guesses[field], none) !== undefined;
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

export function memberOf(text: string, named: (column: string, flag: string) => string): Member {
  const match = typed.exec(text);
  const [column, key] = splitOnce(match?.[1] ?? text, '=');
  const found = named(column, '--trait');
  return {
    column: found,
    key: key ?? memberPrefix.identify!.exec(found)?.[1] ?? found,
    type: (match?.[2] ?? 'as-is') as MemberType,
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
