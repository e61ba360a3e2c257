/** Strings are of UTF-16 units, what is stored and sent of UTF-8. */

/** No unit takes more bytes than this: shorter strings need no counting. */
export const bytesPerUnitMax = 3;

// Node 20 has them, the ES2023 library does not say so.
const { isWellFormed, toWellFormed } = String.prototype as unknown as {
  isWellFormed(): boolean;
  toWellFormed(): string;
};

/** False for a string with half a surrogate pair, which no UTF-8 can hold. */
export function hasOnlyWholeCharacters(text: string): boolean {
  return isWellFormed.call(text);
}

/** Half surrogate pairs replaced by U+FFFD. */
export function withWholeCharacters(text: string): string {
  return toWellFormed.call(text);
}

export function exceedsBytes(text: string, bytesMax: number): boolean {
  return text.length * bytesPerUnitMax > bytesMax && Buffer.byteLength(text) > bytesMax;
}
