import { isUtf8 } from 'node:buffer';
import { OnymError } from '../errors.ts';
import { parseForeign, parseWith } from '../exact-json/parse.ts';
import { limits } from '../limits.ts';
import { holdsOddId, isIdPath } from './id-fields.ts';

/** Parsing millions of nested brackets blocks for seconds; so many, for some milliseconds, and items are checked one by one. */
const nestingCheckedAboveBytes = 256 * 1024;

/**
 * Throws `invalid-json` or `invalid-payload`. Keys named `__proto__` are dropped at every level: nobody means them well. Integers beyond
 * ±(2^53 − 1) are bigints; a number that stands where an id belongs and is no integer is a WrittenNumber.
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new OnymError('invalid-json', 'The body is empty. Send a JSON object or array.');
  if (!isUtf8(bytes)) throw new OnymError('invalid-json', 'The body is not UTF-8. Encode it as UTF-8.');
  if (bytes.length > nestingCheckedAboveBytes && isNestedDeeper(bytes, limits.bodyDepthMax)) {
    throw new OnymError('invalid-payload', `The body is nested deeper than ${limits.bodyDepthMax} levels. Flatten it.`);
  }
  let text = bytes.toString('utf8');
  if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  try {
    const value = parseForeign(text);
    return holdsOddId(value, text) ? parseWith(text, { withoutProto: true, isId: isIdPath }) : value;
  } catch (error) {
    throw new OnymError('invalid-json', 'The body is not valid JSON. Check it with a JSON parser and send it again.', {
      cause: error,
    });
  }
}

function isNestedDeeper(json: Buffer, levels: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > levels) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
