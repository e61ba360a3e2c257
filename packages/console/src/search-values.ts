/**
 * Values of search parameters, as a route's `validateSearch` reads them. Every parameter must be in its answer, undefined where it says nothing:
 * what is left out is taken over as it stands in the address.
 */

/** A text that is not empty. A number in an address that somebody wrote by hand is its digits. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
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
