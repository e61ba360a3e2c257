/**
 * Values of search parameters, as a route's `validateSearch` reads them. Every parameter must be in its answer, undefined where it says nothing:
 * what is left out is taken over as it stands in the address.
 */

/**
 * A text as an address holds one that would be read as something else, or a list; throws for any other. All else is not parsed: ids of digits
 * alone may have more of them than a number keeps.
 */
export function quotedOrList(text: string): unknown {
  if (!/^["[]/.test(text)) throw new SyntaxError('neither a text in quotes nor a list');
  return JSON.parse(text);
}

/** A text that is not empty. What an address has without quotes may have been read as a number or a boolean, where that loses nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** One of a few names. */
export const oneOf = <Name extends string>(names: readonly Name[], value: unknown): Name | undefined =>
  names.find((name) => name === value);

/** The number of a ledger row, of `least` on. */
export function seqOf(value: unknown, least = 1): number | undefined {
  const number = Number(value);
  return value !== '' && value !== null && Number.isSafeInteger(number) && number >= least ? number : undefined;
}
