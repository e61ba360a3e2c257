/** After a failure; doubled by each further one, and shortened by up to a half at random. */
const firstMs = 250;
const maxMs = 5_000;

/** How long the event store is left alone after so many failures in a row, of which there is one at least. */
export const backoffMs = (failures: number, random: () => number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 16)) * (1 - random() / 2);

/** Whether one more failure in a row is worth a line of the log. */
export const isTold = (failures: number): boolean => (failures & (failures - 1)) === 0;
