import { useQuery } from '@tanstack/react-query';
import { dryRunQuery } from '../../acts/dry-run-query.ts';
import { useAct } from '../../acts/use-act.ts';
import { joins, type RowLinkPart } from '../../api/row-parts.ts';
import { Button } from '../../components/button.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import type { RowAct } from './acts-of.ts';
import { fateQuery } from './fate.ts';
import styles from './ledger-row.module.css';

interface Props {
  readonly seq: number;
  readonly link: RowLinkPart;
  readonly acts: readonly RowAct[];
}

/** What can be done with a row's link; or, where it does not stand any more, which row decided otherwise. */
export function LinkActs({ seq, link, acts }: Props) {
  const environment = useEnvironment();
  const { open } = useAct();
  const joined = joins(link);
  const split = useQuery({ ...dryRunQuery(environment, { name: 'split', target: { link: seq } }), enabled: joined });
  const { data: fate } = useQuery(fateQuery(environment, seq, link.primary_id));
  const { state } = texts.ledger;
  // Another link on its pair may stand, which is not this row's to take back.
  const isGone = joined ? split.data !== undefined && !split.data.links.includes(seq) : fate != null;
  const shown = acts.filter(({ search }) => !isGone || search.act === 'revert');
  return (
    <div className={styles.acts}>
      {shown.map(({ label, search }) => (
        <Button key={label} onClick={() => open(search)}>
          {label}
        </Button>
      ))}
      {isGone && (
        <p className={styles.muted}>
          {fate == null ? state.gone : <Sentence text={state[fate.what]} parts={{ row: <RowLink seq={fate.seq} /> }} />}
        </p>
      )}
      {joined && split.data !== undefined && !isGone && <p className={styles.muted}>{state.stands}</p>}
    </div>
  );
}
