import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { forgetEnvironment } from '../api/query-client.ts';
import { type StepTaken, takeStep } from './take-step.ts';
import type { UndoStep } from './undo-steps.ts';

/** Takes steps one after another. Stopped or failed, it goes on where it was. */
export function useSteps(environment: string) {
  const [taken, setTaken] = useState<readonly StepTaken[]>([]);
  const stopped = useRef(false);
  const run = useMutation({
    mutationFn: async (steps: readonly UndoStep[]) => {
      stopped.current = false;
      for (const step of steps.slice(taken.length)) {
        if (stopped.current) return;
        const outcome = await takeStep(environment, step);
        setTaken((now) => [...now, outcome]);
      }
    },
    onSettled: () => void forgetEnvironment(environment),
  });
  return {
    taken,
    running: run.isPending,
    error: run.error,
    start: run.mutate,
    stop: () => {
      stopped.current = true;
    },
  };
}
