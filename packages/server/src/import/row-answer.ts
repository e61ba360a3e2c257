import type { ItemAnswer } from './target.ts';
import type { RowAnswer } from './types.ts';

/** What most deserves to be told goes first. */
const order: readonly RowAnswer['verdict'][] = ['held', 'refused', 'applied', 'unchanged'];

export const none: RowAnswer = { verdict: 'unchanged', reason: null, seq: null, recorded: false };

/** One answer for all operations of a row of a table; of those with one verdict, the last one's. */
export function answerOfAll(answers: readonly RowAnswer[]): RowAnswer {
  const told = order.flatMap((verdict) => answers.findLast((answer) => answer.verdict === verdict) ?? []);
  return told[0] ?? none;
}

/** One answer for all calls of a row. */
export function rowAnswer(answers: readonly ItemAnswer[]): Pick<RowAnswer, 'verdict' | 'reason'> & { message: string } {
  for (const verdict of order) {
    const found = answers.find((answer) => answer.verdict === verdict);
    if (found !== undefined) return { verdict, reason: found.reason, message: messageOf(found) };
  }
  return { verdict: 'unchanged', reason: null, message: '' };
}

function messageOf({ verdict, reason, seq }: ItemAnswer): string {
  const row = seq === null ? '' : ` Its ledger row is ${seq}.`;
  return verdict === 'held'
    ? `Held for review (${reason}): onym review shows it, onym approve and onym reject decide.${row}`
    : `Refused (${reason}).${row}`;
}
