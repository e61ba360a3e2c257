export interface Counter {
  readonly name: string;
  readonly call: string;
  readonly outcome: string;
  readonly count: number;
}

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Counts by call and outcome, as rows of a table. */
export const countersOf = (counts: Counts): readonly Counter[] =>
  Object.entries(counts).flatMap(([call, outcomes]) =>
    Object.entries(outcomes).map(([outcome, count]) => ({ name: `${call} ${outcome}`, call, outcome, count })),
  );
