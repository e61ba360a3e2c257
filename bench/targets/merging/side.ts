/** One way to keep who is who, as B3 measures it. All that resolves is durable. */
export interface Side {
  /** Makes a person of each, with the same two traits. */
  makePeople(ids: readonly string[]): Promise<void>;
  /** Joins the second's person to the first's; whom either names by then. Resolves to false where they were one already. */
  merge(primary: string, secondary: string): Promise<boolean>;
  /** What names each one's person. */
  namesOf(ids: readonly string[]): Promise<Map<string, string>>;
  /** What else is worth saying. */
  notes(): Promise<string[]>;
  close(): Promise<void>;
}

export const traitsOf = (id: string): Record<string, string> => ({ plan: 'team', email: `${id}@example.com` });
