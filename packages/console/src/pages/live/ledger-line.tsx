import type { LedgerRow } from '../../api/ledger-row.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { idsOf } from './live-item.ts';
import styles from './live-page.module.css';

const idsShownMax = 4;

const tones: Partial<Record<string, Tone>> = {
  refused: 'held',
  held: 'held',
  separated: 'separated',
  split: 'separated',
  merged: 'known',
};

export function LedgerLine({ row }: { readonly row: LedgerRow }) {
  return (
    <>
      <span>
        <RowLink seq={row.seq} />
      </span>
      <div className={styles.what}>
        <span className={styles.event}>{row.op}</span>
        {row.kinds.map((kind) => (
          <Badge key={kind} tone={tones[kind] ?? 'plain'}>
            {kind}
          </Badge>
        ))}
        {idsOf(row)
          .slice(0, idsShownMax)
          .map((id) => (
            <PersonLink key={id} id={id} />
          ))}
        {row.reason !== null && <span>{row.reason}</span>}
      </div>
    </>
  );
}
