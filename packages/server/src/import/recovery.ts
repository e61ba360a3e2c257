import { isEvent } from '../ingest/types.ts';
import { limits } from '../limits.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import type { AppliedItem, ItemAnswer } from './target.ts';

/** A call that a killed run applied but did not come to note answers `unchanged` now; what it was told then, counts. */
export function createRecovery({ verdictOf }: Pick<Run, 'verdictOf'>, earlier: Progress | null) {
  const seqs = new Set<number>();
  let rowsLeft = earlier === null ? 0 : limits.importRecoveredRowsMax;

  async function corrected(item: AppliedItem, answer: ItemAnswer, head: number): Promise<ItemAnswer> {
    if (isEvent(item)) {
      // Named by its row: nothing else can have sent it.
      return answer.verdict === 'unchanged' && item.isNamedByRow ? { ...answer, verdict: 'applied' } : answer;
    }
    const { seq, recorded, verdict } = answer;
    if (seq === null || seq <= head || seqs.has(seq)) return answer;
    seqs.add(seq);
    if (recorded || verdict !== 'unchanged') return answer;
    const then = await verdictOf(seq);
    return then === null ? answer : { ...answer, verdict: then };
  }

  return {
    /** The answers of a row's calls. */
    async corrected(items: readonly AppliedItem[], answers: readonly ItemAnswer[]): Promise<readonly ItemAnswer[]> {
      if (earlier === null || rowsLeft-- <= 0) return answers;
      const all: ItemAnswer[] = [];
      for (const [index, answer] of answers.entries()) all.push(await corrected(items[index]!, answer, earlier.head));
      return all;
    },
  };
}
