import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../components/error-note.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import { ActButton } from './act-button.tsx';
import { actWordsOf } from './act-words.tsx';
import { dryRunQuery } from './dry-run-query.ts';
import { DryRunView } from './dry-run-view.tsx';
import { EvidenceOfLink } from './evidence-of-link.tsx';
import { mayAct } from './may-act.ts';
import styles from './panel.module.css';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import { useAct } from './use-act.ts';
import { usePerform } from './use-perform.ts';

/** A held or refused link: what approving it would do; approve, or reject. */
export function ReviewLink({ link }: { readonly link: number }) {
  const environment = useEnvironment();
  const { close } = useAct();
  const approval = { name: 'approve', link } as const;
  const { data: dryRun, error, refetch } = useQuery(dryRunQuery(environment, approval));
  const doing = usePerform({ onApplied: close });
  if (dryRun === undefined)
    return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} onRetry={() => void refetch()} />;
  const isOpen = dryRun.verdict !== 'unchanged';
  return (
    <div className={styles.panel}>
      <EvidenceOfLink seq={link} />
      <DryRunView act={approval} dryRun={dryRun} answer={doing.data ?? null} />
      {doing.error !== null && <ErrorNote error={doing.error} />}
      {isOpen && (
        <div className={styles.actions}>
          {mayAct(approval, dryRun) && (
            <ActButton
              {...actWordsOf(approval, dryRun)}
              keys="a"
              does={texts.review.keys.approve}
              working={doing.isPending}
              onAct={() => doing.mutate(approval)}
            />
          )}
          <ActButton
            {...actWordsOf({ name: 'reject', link }, dryRun)}
            look="plain"
            keys="r"
            does={texts.review.keys.reject}
            working={doing.isPending}
            onAct={() => doing.mutate({ name: 'reject', link })}
          />
        </div>
      )}
    </div>
  );
}
