import { bytesPerUnitMax } from '../characters.ts';

/** More than stands between two texts: a sign, a length, a colon. */
const betweenMax = 32;
/** So short a text is soonest written here, sign by sign; a longer one by Node. */
const bySignMax = 24;
/** Beyond so many keys, `sort` is faster. */
const insertedMax = 24;

let bytes = Buffer.alloc(4_096);
let length = 0;

/**
 * Bytes that two JSON values share exactly when they are equal, whatever the order of their keys and however a number is kept; behind those of
 * `head`. To be hashed, not read, and before the next call: they stand in the same place. Written there at once, they take less time than a
 * text of them, and leave nothing to be collected.
 */
export function contentBytes(value: unknown, head: Uint8Array = new Uint8Array()): Buffer {
  length = 0;
  makeRoom(head.length);
  bytes.set(head);
  length = head.length;
  writeValue(value);
  return bytes.subarray(0, length);
}

function writeValue(value: unknown): void {
  makeRoom(betweenMax);
  switch (typeof value) {
    case 'string':
      // Its length first: no text can be taken for two.
      sign('"');
      writeText(value);
      return;
    case 'number':
    case 'bigint':
      sign('#');
      writeSigns(String(value));
      sign(',');
      return;
    case 'boolean':
      sign(value ? 't' : 'f');
      return;
    case 'object':
      break;
    default:
      sign('n');
      return;
  }
  if (value === null) {
    sign('n');
    return;
  }
  if (Array.isArray(value)) {
    sign('[');
    writeCount(value.length);
    for (const item of value) writeValue(item);
    return;
  }
  const keys = sorted(Object.keys(value));
  sign('{');
  writeCount(keys.length);
  for (const key of keys) {
    makeRoom(betweenMax);
    writeText(key);
    writeValue((value as Record<string, unknown>)[key]);
  }
}

function makeRoom(more: number): void {
  if (length + more <= bytes.length) return;
  const larger = Buffer.alloc(2 * (length + more));
  bytes.copy(larger, 0, 0, length);
  bytes = larger;
}

function sign(char: string): void {
  bytes[length++] = char.charCodeAt(0);
}

function writeCount(count: number): void {
  if (count < 10) bytes[length++] = 0x30 + count;
  else writeSigns(String(count));
  sign(':');
}

function writeText(text: string): void {
  writeCount(text.length);
  writeSigns(text);
}

function writeSigns(text: string): void {
  makeRoom(text.length * bytesPerUnitMax + betweenMax);
  if (text.length > bySignMax) {
    length += bytes.write(text, length, 'utf8');
    return;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) {
      length += bytes.write(text.slice(at), length, 'utf8');
      return;
    }
    bytes[length++] = code;
  }
}

/** In place. Few keys are soonest put in order by inserting each, as in many objects most stand in it already. */
function sorted(keys: string[]): string[] {
  if (keys.length > insertedMax) return keys.sort();
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next]!;
    let at = next;
    for (; at > 0 && keys[at - 1]! > key; at--) keys[at] = keys[at - 1]!;
    keys[at] = key;
  }
  return keys;
}
