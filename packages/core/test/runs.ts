/**
 * Random histories per property: 2,000 unless ONYM_PROPERTY_RUNS says otherwise. fast-check prints the seed and the path of a failure;
 * ONYM_PROPERTY_SEED (see vitest.setup.ts) replays it.
 */
export function runs(): { numRuns: number } {
  return { numRuns: Number(process.env.ONYM_PROPERTY_RUNS ?? 2_000) };
}
