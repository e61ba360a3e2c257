/** The two databases of an environment: what users query, and what lies beneath. */
export interface Databases {
  /** Holds the four views and nothing else: an unqualified name in a user's SQL can reach nothing more. */
  readonly open: string;
  readonly data: string;
}

/**
 * Injective: bytes other than a–z and 0–9 become `_` and two hex digits (so names differ even where the file system folds case).
 * The suffix `_data` can't be an escape: it would be the byte 0xDA followed by a plain letter, which is never UTF-8.
 */
export function databasesOf(environment: string): Databases {
  let name = '';
  for (const byte of Buffer.from(environment, 'utf8')) {
    const char = String.fromCharCode(byte);
    name += /[a-z0-9]/.test(char) ? char : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return { open: `onym_${name}`, data: `onym_${name}_data` };
}
