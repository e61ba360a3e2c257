import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ledgerRowQuery } from '../../api/ledger-row.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { Neighbours } from './neighbours.tsx';
import { RawRow } from './raw-row.tsx';
import { RowActs } from './row-acts.tsx';
import { RowFacts } from './row-facts.tsx';

const isSeq = (text: string) => /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text));

export function LedgerRowPage() {
  const { seq } = useParams({ from: '/e/$environment/ledger/$seq' });
  if (!isSeq(seq)) return <NoRow title={texts.ledger.notANumber} />;
  return <Row key={seq} seq={Number(seq)} />;
}

function NoRow({ title }: { readonly title: string }) {
  return (
    <Page title={title}>
      <Note>{texts.ledger.noneHint}</Note>
    </Page>
  );
}

function Row({ seq }: { readonly seq: number }) {
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(ledgerRowQuery(environment, seq));
  if (data !== undefined && data.row === null) return <NoRow title={texts.ledger.none(seq)} />;
  const neighbours = <Neighbours seq={seq} isLast={data?.isLast ?? false} />;
  return (
    <Page title={texts.ledger.row(seq)} actions={neighbours}>
      {data?.row != null ? (
        <>
          <RowFacts row={data.row} />
          <RowActs row={data.row} />
          <RawRow row={data.row} />
        </>
      ) : error === null ? (
        <Skeleton height={260} />
      ) : (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      )}
    </Page>
  );
}
