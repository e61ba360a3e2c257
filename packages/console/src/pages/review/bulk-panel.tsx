import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActButton } from '../../acts/act-button.tsx';
import styles from '../../acts/panel.module.css';
import { environmentKey } from '../../api/query-client.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { BulkSummary } from './bulk-summary.tsx';
import { judgeAll } from './judge-all.ts';
import { useBulk } from './use-bulk.ts';
import { useReview } from './use-review.ts';

/** Many links at once: first what would become of them, then one button. */
export function BulkPanel({ act }: { readonly act: 'approve' | 'reject' }) {
  const environment = useEnvironment();
  const { selected, endBulk } = useReview();
  const [asked, setAsked] = useState(0);
  const bulk = useBulk(act, () => endBulk(false));
  const { data, error } = useQuery({
    queryKey: [...environmentKey(environment), 'bulk', act, selected],
    queryFn: ({ signal }) => judgeAll(environment, act, selected, { signal, onProgress: setAsked }),
    enabled: !bulk.running,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const words = texts.review.bulk;
  const title = act === 'approve' ? words.approveTitle(selected.length) : words.rejectTitle(selected.length);
  const applicable = (data ?? []).filter(({ dryRun }) => dryRun?.verdict === 'applied').map(({ link }) => link);
  const close = () => {
    bulk.stop();
    endBulk(true);
  };
  return (
    <SidePanel open onClose={close} title={title}>
      <div className={styles.panel}>
        {data !== undefined && <BulkSummary act={act} judgements={data} />}
        {data === undefined && error === null && <p role="status">{words.asking(asked, selected.length)}</p>}
        {data === undefined && error !== null && <ErrorNote error={error} />}
        {bulk.error !== null && <ErrorNote error={bulk.error} />}
        {data !== undefined && applicable.length > 0 && (
          <div className={styles.actions}>
            <ActButton
              text={act === 'approve' ? words.doApprove : words.doReject}
              parts={{ count: words.links(applicable.length) }}
              keys={act === 'approve' ? 'a' : 'r'}
              does={texts.review.keys[act]}
              working={bulk.running}
              onAct={() => bulk.start(applicable)}
            />
            {bulk.running && <p role="status">{words.progress(bulk.done, applicable.length)}</p>}
            {bulk.running && <Button onClick={bulk.stop}>{words.stop}</Button>}
          </div>
        )}
      </div>
    </SidePanel>
  );
}
