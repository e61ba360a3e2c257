import { useAct } from '../../acts/use-act.ts';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { linkOf } from '../../api/row-parts.ts';
import { Button } from '../../components/button.tsx';
import { actsOf } from './acts-of.ts';
import styles from './ledger-row.module.css';
import { LinkActs } from './link-acts.tsx';

/** How a row is taken back, or decided on. What can't be any more is said. */
export function RowActs({ row }: { readonly row: LedgerRow }) {
  const { open } = useAct();
  const link = linkOf(row);
  const acts = actsOf(row);
  if (link !== null) return <LinkActs seq={row.seq} link={link} acts={acts} />;
  if (acts.length === 0) return null;
  return (
    <div className={styles.acts}>
      {acts.map(({ label, search }) => (
        <Button key={label} onClick={() => open(search)}>
          {label}
        </Button>
      ))}
    </div>
  );
}
