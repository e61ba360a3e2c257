/** Counts by one or two words. Plain numbers, for hot paths: prom-client's own counting hashes its labels on every call. */
export interface WordTally {
  add(first: string, second: string, count?: number): void;
  /** As the labels of these names. */
  values(firstName: string, secondName: string): [labels: Record<string, string>, value: number][];
  /** By the first word, then the second. */
  counts(): WordCounts;
}

export type WordCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** `begun`: what is 0 from the start, since who watches a counter sees no growth from nothing to 1. */
export function createWordTally(begun: Readonly<Record<string, readonly string[]>>): WordTally {
  const counts = new Map(
    Object.entries(begun).map(([first, seconds]) => [first, new Map(seconds.map((second) => [second, 0]))]),
  );
  return {
    add(first, second, count = 1) {
      let bySecond = counts.get(first);
      if (bySecond === undefined) {
        bySecond = new Map();
        counts.set(first, bySecond);
      }
      bySecond.set(second, (bySecond.get(second) ?? 0) + count);
    },
    values: (firstName, secondName) =>
      [...counts].flatMap(([first, bySecond]) =>
        [...bySecond].map(([second, count]): [Record<string, string>, number] => [
          { [firstName]: first, [secondName]: second },
          count,
        ]),
      ),
    counts: () => Object.fromEntries([...counts].map(([first, bySecond]) => [first, Object.fromEntries(bySecond)])),
  };
}
