import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import { ActButton } from './act-button.tsx';
import { actWordsOf } from './act-words.tsx';
import { dryRunQuery } from './dry-run-query.ts';
import { DryRunView } from './dry-run-view.tsx';
import { KeepApart } from './keep-apart.tsx';
import { mayAct } from './may-act.ts';
import styles from './panel.module.css';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import { SwapButton } from './swap-button.tsx';
import { useAct } from './use-act.ts';
import { usePerform } from './use-perform.ts';

/** The dry run of an act, and the one button that does it. */
export function ActPreview({ act }: { readonly act: Exclude<Act, { name: 'erase' }> }) {
  const environment = useEnvironment();
  const { close } = useAct();
  const [keepApart, setKeepApart] = useState(true);
  const { data: dryRun, error, refetch } = useQuery(dryRunQuery(environment, act));
  const doing = usePerform({ keepApart, onApplied: close });
  if (dryRun === undefined)
    return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  const words = actWordsOf(act, dryRun);
  return (
    <div className={styles.panel}>
      <DryRunView act={act} dryRun={dryRun} answer={doing.data ?? null} />
      {act.name === 'alias' && <SwapButton a={act.a} b={act.b} />}
      {act.name === 'split' && dryRun.separations.length > 0 && (
        <KeepApart count={dryRun.separations.length} checked={keepApart} onChange={setKeepApart} />
      )}
      {doing.error !== null && <ErrorNote error={doing.error} />}
      {mayAct(act, dryRun) && (
        <div className={styles.actions}>
          <ActButton
            {...words}
            does={texts.act.titles[act.name]}
            working={doing.isPending}
            onAct={() => doing.mutate(act)}
          />
        </div>
      )}
    </div>
  );
}
