import { readRow } from '../api/ledger-row.ts';
import { tell } from '../components/toast-manager.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import { doneWordsOf } from './done-words.ts';
import type { Performed } from './perform.ts';
import { undoStepsOf, undoWordsOf } from './undo-steps.ts';
import { useUndo } from './use-undo.ts';

/** Says that an act was done, with its undo: that of the ledger row it left. */
export function useTellDone() {
  const environment = useEnvironment();
  const undo = useUndo();
  return async (act: Act, answer: Performed): Promise<void> => {
    const title = doneWordsOf(act, answer);
    const [seq] = answer.seqs;
    // The act is done; that its row could not be read takes only the undo from the toast: the row's page has it.
    const found = seq === undefined ? null : await readRow(environment, seq).catch(() => null);
    const row = found?.row ?? null;
    const rowWords = seq === undefined ? '' : texts.act.row(seq);
    const steps = row === null ? 0 : undoStepsOf(row).length;
    if (row === null || steps === 0) tell({ title, description: rowWords });
    else tell({ title, description: `${rowWords} ${undoWordsOf(row)}`, undo: () => undo([row.seq], steps) });
  };
}
