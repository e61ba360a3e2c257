import { useMutation } from '@tanstack/react-query';
import { forgetEnvironment } from '../api/query-client.ts';
import { useEnvironment } from '../shell/use-environment.ts';
import type { Act } from './act.ts';
import { type Performed, perform } from './perform.ts';
import { liftAll } from './take-step.ts';
import { useTellDone } from './use-tell-done.ts';

interface Options {
  /** Of a split: false lifts the separations again that it leaves. */
  readonly keepApart?: boolean;
  /** After it was applied. */
  readonly onApplied: () => void;
}

/** Performs an act. What was not applied is for the caller to show: the answer is `data`. */
export function usePerform({ keepApart = true, onApplied }: Options) {
  const environment = useEnvironment();
  const tellDone = useTellDone();
  return useMutation({
    mutationFn: async (act: Act): Promise<Performed> => {
      const answer = await perform(environment, act, { dryRun: false });
      if (act.name === 'split' && !keepApart) await liftAll(environment, answer);
      return answer;
    },
    onSuccess: async (answer, act) => {
      void forgetEnvironment(environment);
      if (answer.verdict !== 'applied') return;
      onApplied();
      if (act.name !== 'erase') await tellDone(act, answer);
    },
  });
}
