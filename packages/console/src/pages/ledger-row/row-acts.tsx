import { useQuery } from '@tanstack/react-query';
import { dryRunQuery } from '../../acts/dry-run-query.ts';
import { linkOf } from '../../acts/row-parts.ts';
import { useAct } from '../../acts/use-act.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { Button } from '../../components/button.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { actsOf } from './acts-of.ts';
import styles from './ledger-row.module.css';

/** How a row is taken back, or decided on. What can't be any more is said. */
export function RowActs({ row }: { readonly row: LedgerRow }) {
  const environment = useEnvironment();
  const { open } = useAct();
  const acts = actsOf(row);
  const splits = acts.some(({ search }) => search.act === 'split');
  const { data } = useQuery({
    ...dryRunQuery(environment, { name: 'split', target: { link: row.seq } }),
    enabled: splits,
  });
  const isGone = splits && data !== undefined && data.revoked === 0;
  const shown = acts.filter(({ search }) => search.act !== 'split' || !isGone);
  if (acts.length === 0 && linkOf(row) === null) return null;
  return (
    <div className={styles.acts}>
      {shown.map(({ label, search }) => (
        <Button key={label} onClick={() => open(search)}>
          {label}
        </Button>
      ))}
      {splits && data !== undefined && (
        <p className={styles.muted}>{isGone ? texts.ledger.state.gone : texts.ledger.state.stands}</p>
      )}
    </div>
  );
}
