import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { shownText } from '../characters.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { IdText } from '../components/id-text.tsx';
import { Note } from '../components/note.tsx';
import { TextField } from '../components/text-field.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import { ActButton } from './act-button.tsx';
import { dryRunQuery } from './dry-run-query.ts';
import styles from './panel.module.css';
import { PreviewSkeleton } from './preview-skeleton.tsx';
import { ReceiptCounts } from './receipt-counts.tsx';
import { ReceiptView } from './receipt-view.tsx';
import { usePerform } from './use-perform.ts';

/** Erasing has no undo: what goes is counted, the id is typed, and the receipt stays until it is closed. */
export function ErasePreview({ act }: { readonly act: Extract<Act, { name: 'erase' }> }) {
  const environment = useEnvironment();
  const [typed, setTyped] = useState('');
  const doing = usePerform({ onApplied: () => {} });
  const done = doing.data ?? null;
  const { data: dryRun, error } = useQuery({ ...dryRunQuery(environment, act), enabled: done === null });
  if (done?.receipt) return <ReceiptView receipt={done.receipt} seqs={done.seqs} />;
  if (dryRun?.receipt == null) return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} />;
  const { receipt } = dryRun;
  const matches = typed === act.id || typed === shownText(act.id);
  return (
    <div className={styles.panel}>
      <p>
        <IdText id={act.id} max={48} /> <CopyButton text={act.id} what={texts.act.fields.id} />
      </p>
      <Note tone="held">
        <p>{texts.act.eraseHint}</p>
      </Note>
      <ReceiptCounts receipt={receipt} />
      <TextField
        label={texts.act.fields.typed}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setTyped(target.value)}
      />
      {doing.error !== null && <ErrorNote error={doing.error} />}
      <div className={styles.actions}>
        <ActButton
          look="danger"
          text={texts.act.do.erase}
          parts={{ who: <IdText id={act.id} max={28} />, what: texts.act.what(receipt.identifiers, receipt.events) }}
          working={doing.isPending}
          disabled={!matches}
          onAct={() => doing.mutate(act)}
        />
      </div>
    </div>
  );
}
