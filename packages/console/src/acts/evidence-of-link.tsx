import { useQuery } from '@tanstack/react-query';
import { ledgerRowQuery } from '../api/ledger-row.ts';
import { linkOf } from '../api/row-parts.ts';
import { Badge } from '../components/badge.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { RowLink } from '../components/row-link.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { SourceText } from '../components/source-text.tsx';
import { Time } from '../components/time.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';

/** What asked for the link, who sent it, and why it joined nothing then. */
export function EvidenceOfLink({ seq }: { readonly seq: number }) {
  const environment = useEnvironment();
  const { data } = useQuery(ledgerRowQuery(environment, seq));
  if (data === undefined) return <Skeleton height={92} />;
  const link = data.row === null ? null : linkOf(data.row);
  if (data.row === null || link === null) return null;
  const { fields } = texts.review;
  return (
    <dl className={styles.facts}>
      <dt>{fields.link}</dt>
      <dd>
        <RowLink seq={seq} /> {link.kind} <Time at={data.row.time} />
      </dd>
      <dt>{fields.pair}</dt>
      <dd>
        <PersonLink id={link.primary_id} max={32} /> ← <PersonLink id={link.secondary_id} max={32} />
      </dd>
      <dt>{fields.source}</dt>
      <dd>
        <SourceText source={data.row.source} />
      </dd>
      {link.reason !== null && (
        <>
          <dt>
            <Badge tone="held">{texts.reasons.verdict(link.verdict)}</Badge>
          </dt>
          <dd>
            {texts.reasons.of(link.reason).why} {texts.reasons.of(link.reason).todo}
          </dd>
        </>
      )}
    </dl>
  );
}
