import { useParams } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function LedgerRowPage() {
  const { seq } = useParams({ from: '/e/$environment/ledger/$seq' });
  return <Page title={texts.ledger.row(Number(seq))} />;
}
