/** Says where a key is for and when it was made; names are never given again. `pages-staging-20261128-013000`. */
export const newKeyName = (environment: string, now: Date): string =>
  `pages-${environment}-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
