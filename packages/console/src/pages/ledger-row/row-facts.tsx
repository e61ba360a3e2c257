import type { ReactNode } from 'react';
import type { LedgerRow } from '../../api/ledger-row.ts';
import { linkOf, partsOf } from '../../api/row-parts.ts';
import { Badge } from '../../components/badge.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { SourceText } from '../../components/source-text.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './ledger-row.module.css';
import { LinesOf } from './lines-of.tsx';
import { RowSentence } from './row-sentence.tsx';
import { SeparationList } from './separation-list.tsx';
import { TraitList } from './trait-list.tsx';

const toneOf = { applied: 'known', unchanged: 'plain', refused: 'held', held: 'held' } as const;

/** One row, in words: what, who sent it, when, and what came of it. */
export function RowFacts({ row }: { readonly row: LedgerRow }) {
  const { fields } = texts.ledger;
  const { traits = [], revoked = [], separations = [], receipt, settings } = partsOf(row);
  const link = linkOf(row);
  const words = row.reason === null ? null : texts.reasons.of(row.reason);
  return (
    <dl className={styles.facts}>
      <Fact name={fields.what}>
        <div className={styles.what}>
          <RowSentence row={row} />
        </div>
      </Fact>
      <Fact name={fields.verdict}>
        <Badge tone={toneOf[row.verdict]}>{texts.reasons.verdict(row.verdict)}</Badge> {words?.why} {words?.todo}
      </Fact>
      <Fact name={fields.source}>
        <SourceText source={row.source} />
      </Fact>
      <Fact name={fields.time}>
        <Time at={row.time} exact /> <span className={styles.muted}>·</span> <Time at={row.time} />
      </Fact>
      {row.timestamp !== null && (
        <Fact name={fields.timestamp}>
          <Time at={row.timestamp} exact />
        </Fact>
      )}
      {link?.approves != null && (
        <Fact name={fields.approves}>
          <RowLink seq={link.approves} />
        </Fact>
      )}
      {link !== null && link.waived.length > 0 && (
        <Fact name={fields.waived}>{link.waived.map((code) => texts.reasons.short[code] ?? code).join(', ')}</Fact>
      )}
      {traits.length > 0 && (
        <Fact name={fields.traits}>
          <TraitList traits={traits} />
        </Fact>
      )}
      {revoked.length > 0 && (
        <Fact name={fields.revoked}>
          <p className={styles.row}>
            {revoked.slice(0, 200).map((seq) => (
              <RowLink key={seq} seq={seq} />
            ))}
            {revoked.length > 200 && texts.act.more(revoked.length - 200)}
          </p>
        </Fact>
      )}
      {separations.length > 0 && (
        <Fact name={fields.separations}>
          <SeparationList separations={separations} />
        </Fact>
      )}
      {settings !== undefined && (
        <Fact name={fields.settings}>
          <LinesOf values={settings} />
        </Fact>
      )}
      {receipt !== undefined && (
        <Fact name={fields.receipt}>
          <LinesOf values={receipt} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
