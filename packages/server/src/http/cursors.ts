import type { Static, TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { OnymError } from '../errors.ts';

/** A page's opaque `next`: what the list's next page starts after. Its content may change with any release. */
export interface Cursor<T> {
  encode(position: T): string;
  /** Throws `invalid-payload` for what `encode` of the same list did not make. */
  decode(text: string): T;
}

/** `list` keeps the cursor of one list from being taken by another whose positions look the same. */
export function cursorOf<S extends TSchema>(list: string, schema: S): Cursor<Static<S>> {
  return {
    encode: (position) => Buffer.from(JSON.stringify([list, position])).toString('base64url'),
    decode(text) {
      const content = parse(Buffer.from(text, 'base64url').toString('utf8'));
      if (Array.isArray(content) && content.length === 2 && content[0] === list && Check(schema, content[1])) {
        return content[1] as Static<S>;
      }
      throw new OnymError(
        'invalid-payload',
        'The cursor is not one that this list returned. Send the last answer’s `next` unchanged, or start anew without it.',
      );
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
