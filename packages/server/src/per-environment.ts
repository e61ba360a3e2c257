/** What a part keeps for each environment. */
export interface PerEnvironment<Own extends object> {
  /** Made when it is first asked for, and kept. */
  of(environment: string): Own;
  /** Those made so far. */
  values(): Own[];
}

export function perEnvironment<Own extends object>(create: (environment: string) => Own): PerEnvironment<Own> {
  const made = new Map<string, Own>();
  return {
    of(environment) {
      let own = made.get(environment);
      if (own === undefined) {
        own = create(environment);
        made.set(environment, own);
      }
      return own;
    },
    values: () => [...made.values()],
  };
}
