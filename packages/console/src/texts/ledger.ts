export const ledger = {
  row: (seq: number) => `Ledger row ${seq}`,
} as const;
