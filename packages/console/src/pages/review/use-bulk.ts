import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { perform } from '../../acts/perform.ts';
import { useUndo } from '../../acts/use-undo.ts';
import { forgetEnvironment } from '../../api/query-client.ts';
import { tell } from '../../components/toast-manager.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';

/** Decides on links one after another, each judged at its turn, and tells what came of them. Can be stopped. */
export function useBulk(name: 'approve' | 'reject', onOver: () => void) {
  const environment = useEnvironment();
  const undo = useUndo();
  const [done, setDone] = useState(0);
  const stopped = useRef(false);
  const rows = useRef<number[]>([]);

  const run = useMutation({
    mutationFn: async (links: readonly number[]) => {
      stopped.current = false;
      rows.current = [];
      for (const [index, link] of links.entries()) {
        if (stopped.current) break;
        const { verdict, seqs } = await perform(environment, { name, link }, { dryRun: false });
        if (verdict === 'applied') rows.current.push(...seqs);
        setDone(index + 1);
      }
    },
    onSuccess: onOver,
    onSettled: (_data, _error, links) => {
      void forgetEnvironment(environment);
      const applied = [...rows.current];
      const { bulk } = texts.review;
      const others = links.length - applied.length;
      const title = name === 'approve' ? bulk.doneApprove(applied.length) : bulk.doneReject(applied.length);
      const description = [others > 0 ? bulk.notDone(others) : '', applied.length > 0 ? bulk.undo : '']
        .join(' ')
        .trim();
      tell({
        title,
        description,
        ...(applied.length > 0 && { undo: () => undo(applied, applied.length) }),
      });
    },
  });
  return {
    start: run.mutate,
    stop: () => {
      stopped.current = true;
    },
    running: run.isPending,
    error: run.error,
    done,
  };
}
