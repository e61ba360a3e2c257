/**
 * Functions whose time grows with the square of their arguments, or faster. The engine stops a query between two blocks of rows, and not
 * within one call of a function: each of these was seen to run on for minutes beyond a limit of two seconds, and such a query holds its
 * reader for as long. With what to use instead.
 */
const costly: readonly (readonly [form: RegExp, instead: string])[] = [
  [
    /^(?:levenshtein|damerauLevenshtein|edit)Distance|^jaro(?:Winkler)?Similarity/i,
    'ngramDistance(a, b) compares texts too, and can be.',
  ],
  [/^h3PolygonToCells/i, 'geoToH3(lon, lat, resolution) finds the cell of a point.'],
  [
    /^array(?:Levenshtein|Similarity)|^kolmogorovSmirnovTest|^seriesDecomposeSTL/i,
    'Fetch the rows and compute it there.',
  ],
];

/** What a refusal says of such a function, or null for one that is none. */
export function costlyRefusal(name: string): string | null {
  const found = costly.find(([form]) => form.test(name));
  return found === undefined
    ? null
    : `${name} is not allowed: it can't be stopped while it works, and may work for hours. ${found[1]}`;
}
