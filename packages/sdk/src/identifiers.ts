import { OnymError } from './errors.ts';

/** The server's list (docs/resolution.md, guard rails), so that a wrong id is told where it is written. A test compares the two. */
const reservedInAnyCase =
  /^(((anonymous|user|visitor|distinct)_)?id|anonymous|distinctid|email|false|guest|nan|nil|none|not_authenticated|null|true|undefined|user|visitor|unknown|[{(]?0{8}(-?0{4}){3}-?0{12}[)}]?)?$/i;
const reservedExactly = /^(\[object Object\]|0|-1)$/;
const controlCharacter = /\p{Cc}/u;
const quoted = /^(["'`])(.*)\1$/s;

const distinctIdBytesMax = 512;

function bare(id: string): string {
  let text = id.trim();
  for (let inner = quoted.exec(text); inner !== null; inner = quoted.exec(text)) text = inner[2]!.trim();
  return text;
}

/** True for ids that name nobody: `null`, `guest`, `[object Object]`, blank, control characters, all-zero UUIDs. */
export function isReserved(id: string): boolean {
  if (controlCharacter.test(id)) return true;
  const text = bare(id);
  return reservedInAnyCase.test(text) || reservedExactly.test(text);
}

/** Returns `id`; throws an OnymError for what the server would refuse as a name of somebody. */
export function requireDistinctId(id: unknown, field: string): string {
  if (typeof id !== 'string' || (!isReserved(id) && new TextEncoder().encode(id).length > distinctIdBytesMax)) {
    throw new OnymError('invalid-distinct-id', `${field} is not a string of 1 to ${distinctIdBytesMax} bytes.`);
  }
  if (isReserved(id)) {
    throw new OnymError(
      'reserved-distinct-id',
      `${field} ${JSON.stringify(id)} is reserved: it names nobody. Send the id of one person, or make no call.`,
    );
  }
  return id;
}
