/** The rows of links that are selected, as the address has them: `12-15-20`. */
export const seqsOf = (text: string | undefined): number[] =>
  (text ?? '')
    .split('-')
    .map(Number)
    .filter((seq) => Number.isSafeInteger(seq) && seq > 0);

export const textOfSeqs = (seqs: readonly number[]): string | undefined =>
  seqs.length === 0 ? undefined : seqs.join('-');

export const toggled = (seqs: readonly number[], seq: number): number[] =>
  seqs.includes(seq) ? seqs.filter((other) => other !== seq) : [...seqs, seq];
