import { useQueryClient } from '@tanstack/react-query';
import { readRow } from '../api/ledger-row.ts';
import { forgetEnvironment } from '../api/query-client.ts';
import { tell } from '../components/toast-manager.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import { takeStep } from './take-step.ts';
import { undoStepsOf } from './undo-steps.ts';
import { useAct } from './use-act.ts';

/** More than this is watched in a panel, where it can be stopped. */
const stepsAtOnceMax = 40;

/** Undoes rows, the last first, and tells what came of it. */
export function useUndo() {
  const environment = useEnvironment();
  const { open } = useAct();
  const client = useQueryClient();

  async function run(rows: readonly number[]): Promise<void> {
    const seqs: number[] = [];
    const reasons: string[] = [];
    for (const seq of [...rows].reverse()) {
      const { row } = await readRow(environment, seq);
      for (const step of row === null ? [] : undoStepsOf(row)) {
        const taken = await takeStep(environment, step);
        seqs.push(...taken.seqs);
        if (taken.outcome === 'failed') reasons.push(taken.reason ?? '');
      }
    }
    if (reasons.length === 0) tell({ title: texts.act.undone, description: texts.act.rowsLeft(seqs) });
    else tell({ title: texts.act.undonePartly, description: texts.reasons.of(reasons[0]!).why });
  }

  /** `steps`: how many it takes. */
  return (rows: readonly number[], steps: number): void => {
    if (steps > stepsAtOnceMax && rows.length === 1) {
      open({ act: 'undo', row: rows[0]! });
      return;
    }
    // As a mutation: a server that is away, or a session that has ended, is noticed like any other.
    const mutation = client.getMutationCache().build(client, { mutationFn: run });
    void mutation
      .execute(rows)
      .catch((error: unknown) => tell({ title: texts.act.undonePartly, description: String((error as Error).message) }))
      .finally(() => forgetEnvironment(environment));
  };
}
