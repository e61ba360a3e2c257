import { OnymError } from '../errors.ts';
import { nearMisses } from '../ingest/near-miss.ts';
import { limits } from '../limits.ts';
import type { Databases } from './databases.ts';
import { engineErrorCode } from './engine/errors.ts';
import { viewColumns, viewNames, viewsSentence } from './view-columns.ts';

/** What was asked, for the words of an error about it. */
export interface Asked {
  readonly sql: string;
  readonly databases: Databases;
  readonly bounds: Readonly<Record<'queryDurationMaxMs' | 'queryMemoryBytesMax' | 'queryRowsMax', number>>;
}

const expensive = new Set([
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  191, // SET_SIZE_LIMIT_EXCEEDED
  241, // MEMORY_LIMIT_EXCEEDED
  306, // TOO_DEEP_RECURSION
  307, // TOO_MANY_BYTES
  394, // QUERY_WAS_CANCELLED
  396, // TOO_MANY_ROWS_OR_BYTES
]);
const refused = new Set([
  164, // READONLY
  497, // ACCESS_DENIED
]);

/** What an analyst is told of what the engine threw; anything that is not the engine's comes back as it is. */
export function queryError(error: unknown, asked: Asked): unknown {
  const code = engineErrorCode(error);
  if (code === null) return error;
  const kind = expensive.has(code) ? 'query-too-expensive' : refused.has(code) ? 'query-refused' : 'query-failed';
  return new OnymError(kind, shortened(wordsOf(code, error, asked)), { cause: error });
}

type Words = (asked: Asked, ...groups: string[]) => string;

/** By what the engine says, the first that fits; the codes alone do not tell these apart. */
const words: readonly (readonly [RegExp, Words])[] = [
  [
    /^Timeout exceeded|^Query was cancelled|is killed in pending state|^Estimated query execution time/,
    ({ bounds }) => timeout(bounds.queryDurationMaxMs),
  ],
  [
    /memory limit exceeded/i,
    ({ bounds }) =>
      `The query needs more memory than ${amountOf(bounds.queryMemoryBytesMax)}. Narrow the time range, group by fewer values, or count with uniq() instead of uniqExact().`,
  ],
  [
    /^Limit for result exceeded, max rows/,
    ({ bounds }) =>
      `The result has more than ${bounds.queryRowsMax.toLocaleString('en')} rows. Aggregate, or add a LIMIT; onym export writes whole tables.`,
  ],
  [
    /^Unknown expression(?: or function)? identifier [`'](.+?)[`'](?: in scope|$|\.)|^Identifier '(.+?)' cannot be resolved/,
    (asked, one, other, hints) => unknownColumn(one ?? other!, hints!, asked),
  ],
  [
    /^Unknown table expression identifier '(.+?)'/,
    (_, name) => {
      const near = nearMisses(viewNames)(name!);
      return `There is no table ${quoted(name!)}. ${near === null ? '' : `Did you mean ${near}? `}${viewsSentence}`;
    },
  ],
  [
    /^Column '(.+?)' is not under aggregate function/,
    (_, column) => {
      const name = lastPart(column!);
      return `${quoted(name)} is neither in GROUP BY nor in an aggregate. Add it to GROUP BY, or take any(${quoted(name)}).`;
    },
  ],
  [
    /^Aggregate function (.+?) is found in (WHERE|PREWHERE)/,
    (_, aggregate, clause) =>
      `${quoted(aggregate!)} stands in ${clause}. A condition on an aggregate goes into HAVING, after GROUP BY.`,
  ],
  [
    /Cannot parse (?:uuid|UUID) (.+?)(?:: |$)/,
    (_, text) => {
      const id = cut(text!, 24).replaceAll("'", "\\'");
      return `'${id}' is no UUID. Go by the identifier: identity_id = (SELECT identity_id FROM identifiers WHERE distinct_id = '${id}').`;
    },
  ],
  [
    /no supertype for types (?:UUID, (?:String|LowCardinality\(String\))|(?:String|LowCardinality\(String\)), UUID)/,
    () =>
      'A UUID meets a text. identity_id and uuid are UUIDs, distinct_id and canonical_id are texts: compare like with like, or write toString(identity_id).',
  ],
  [
    /no supertype for types (.+?) because/,
    (_, types) =>
      `These types do not go together: ${cut(types!, 60)}. A text stands in single quotes ('5'); else cast one side, such as ::String.`,
  ],
  [/(?:[Ii]llegal type|Data types) .*?(?:Dynamic|Variant)/, (asked) => pathWithoutType(asked)],
  [
    /^ARRAY JOIN requires array/,
    ({ sql }) => {
      const path = pathsIn(sql)[0];
      return path === undefined
        ? 'ARRAY JOIN takes an array.'
        : `ARRAY JOIN takes an array. Cast the path: ${quoted(path)}::Array(Nullable(String)).`;
    },
  ],
  [
    /must be array, got 'JSON|Illegal types? .*\bJSON\(/,
    () =>
      'properties and traits are read by path, each with a type: properties.plan::String, traits.seats::Nullable(Float64).',
  ],
  [
    /^Illegal type DateTime64.* aggregate function (windowFunnel|sequenceMatch|sequenceCount|retention)/,
    (_, name) => `${name} takes a DateTime: give it toDateTime(timestamp).`,
  ],
  [
    /(?:Cannot (?:read|parse) (?:Date\w*|date)|Cannot parse time).*?(?:converting '(.*?)' to|$)/,
    (_, text) =>
      `${text === undefined ? 'A value' : `'${cut(text, limits.queryMessageQuoteLengthMax)}'`} is no time. Write '2026-08-01 12:00:00', today(), or now() - INTERVAL 7 DAY.`,
  ],
  [
    /^Cannot (?:read floating point value|parse string|parse (?:\w+ )?(?:number|value)).*?(?:here: |')(.*?)(?:'|:|$).*?(U?Int\d+|Float\d+)?/,
    (_, text) =>
      `'${cut(text!, limits.queryMessageQuoteLengthMax)}' is no number. ::Nullable(Float64) and toFloat64OrNull(…::String) give null where there is none.`,
  ],
  [/^Syntax error/, (asked, message) => syntaxError(message!, asked)],
];

function wordsOf(code: number, error: unknown, asked: Asked): string {
  const raw = rawMessage(error);
  const plain = engineMessage(error);
  for (const [form, say] of words) {
    const match = form.exec(plain) ?? form.exec(raw);
    if (match === null) continue;
    const groups = match.length > 1 ? match.slice(1) : [raw];
    return say(asked, ...groups, ...(code === 47 ? [raw] : []));
  }
  return withoutNames(plain, asked.databases);
}

const rawMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^(?:Code: \d+\. )?(?:DB::Exception: )?/, '');

/** The engine's message without its version, scope, stack and advice, which names databases, settings and `.:Type`. */
export const engineMessage = (error: unknown): string =>
  rawMessage(error)
    .replace(/(?:: )?(?:In scope|in scope|While executing|while executing)[\s\S]*$/, '')
    .replace(/\s*\(version [^)]*\)/, '')
    .replace(/\.?\s*(?:Maybe you meant|Consider using|In query)[\s\S]*$/i, '.')
    .replace(/\.?\s*Set (?:the )?setting [\s\S]*$/i, '.')
    .trim();

/** What is not the caller's business: databases, and names that the engine gives to tables. */
const withoutNames = (text: string, { open, data }: Databases): string =>
  text
    .replaceAll(`${data}.`, '')
    .replaceAll(`${open}.`, '')
    .replaceAll(/\b__table\d+\./g, '');

export const shortened = (message: string): string => cut(message, limits.queryMessageLengthMax);

function cut(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1).trimEnd()}…` : text;
}

const quoted = (name: string): string => cut(name, limits.queryMessageQuoteLengthMax);
const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const amountOf = (bytes: number): string =>
  bytes >= 1024 ** 3 ? `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;

const timeout = (durationMaxMs: number): string =>
  `The query was stopped after ${Math.round(durationMaxMs / 100) / 10} s. Narrow timestamp to fewer days, name an event, or ask a tenth: WHERE cityHash64(distinct_id) % 10 = 0.`;

const allColumns = [...new Set(Object.values(viewColumns).flatMap(({ columns }) => columns.map(({ name }) => name)))];

function unknownColumn(identifier: string, raw: string, { sql, databases }: Asked): string {
  const name = withoutNames(identifier, databases);
  const own = lastPart(name);
  const none = `There is no column ${quoted(name)}.`;
  if (sql.includes(`"${own}"`)) return `${none} A text stands in single quotes: '${quoted(own)}'.`;
  // The names that the statement itself gives are among the engine's guesses.
  const guesses = [...(/Maybe you meant: \[(.*?)\]/.exec(raw)?.[1] ?? '').matchAll(/'(.*?)'/g)].map(([, guess]) =>
    lastPart(guess!),
  );
  const near = nearMisses([...allColumns, ...guesses])(own);
  if (near !== null) return `${none} Did you mean ${name.slice(0, name.length - own.length)}${near}?`;
  const path = /^\w+$/.test(own) ? own : `\`${own}\``;
  return `${none} A property is read as properties.${quoted(path)}::String, a trait as traits.${quoted(path)}::String. \`onym schema\` lists what there is.`;
}

const pathPart = '(?:\\^?`[^`]+`|[\\w$]+)(?:\\[\\])*';
const pathForm = new RegExp(`(CAST\\()?((?:\\w+\\.)?\\b(?:properties|traits)(?:\\.${pathPart})+)(\\.:|::)?`, 'g');

/** Paths of a statement that no cast gives a type. */
function pathsIn(sql: string): string[] {
  return [...sql.matchAll(pathForm)]
    .filter(([, before, , after]) => before === undefined && after === undefined)
    .map(([, , path]) => path!);
}

function pathWithoutType({ sql }: Asked): string {
  const path = pathsIn(sql)[0] ?? 'properties.path';
  return `${quoted(path)} may hold values of several types. Say which you mean: ${quoted(path)}::String, or ${quoted(path)}::Nullable(Float64) for numbers.`;
}

function syntaxError(message: string, { sql }: Asked): string {
  const [, position, token = ''] = /failed at position (\d+) \(([\s\S]*?)\)(?: \(|:)/.exec(message) ?? [];
  const expected = (/Expected one of: (.*?)(?:: In scope|$)/s.exec(message)?.[1] ?? '')
    .split(', ')
    // Keywords; the others are the parser's own words.
    .filter((it) => /^[A-Z ]+$/.test(it));
  const where =
    position === undefined
      ? ''
      : ` at character ${position}${token === 'end of query' ? ', its end' : `, near ${quoted(token)}`}`;
  const hint = /->/.test(sql)
    ? ' A property is read as properties.plan::String.'
    : /Unmatched parentheses/.test(message)
      ? ' A parenthesis is not closed.'
      : expected.length > 0 && expected.length <= 3
        ? ` Expected: ${expected.join(', ')}.`
        : '';
  return `Syntax error${where}.${hint}`;
}
