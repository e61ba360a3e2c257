import type { LedgerRow } from '../../api/ledger-row.ts';
import { linkOf, partsOf } from '../../api/row-parts.ts';
import { IdText } from '../../components/id-text.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { RowLink } from '../../components/row-link.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import { sentencesOf } from './sentences-of.ts';

/** What a row did, in words. */
export function RowSentence({ row }: { readonly row: LedgerRow }) {
  const parts = placesOf(row);
  return sentencesOf(row).map((name) => (
    <p key={name}>
      <Sentence text={`${texts.ledger.what[name]}.`} parts={parts} />
    </p>
  ));
}

function placesOf(row: LedgerRow) {
  const { subject, identified, a, b, distinct_ids: ids = [], scope, link } = partsOf(row);
  const evidence = linkOf(row);
  const person = (id: string | null | undefined) => (id == null ? null : <PersonLink id={id} />);
  return {
    subject: person(subject ?? identified),
    primary: person(evidence?.primary_id),
    secondary: person(evidence?.secondary_id),
    kind: evidence?.kind,
    a: person(a),
    b: person(b),
    ids: ids.map((id, index) => (
      <span key={id}>
        {index > 0 && ', '}
        <PersonLink id={id} />
      </span>
    )),
    link: typeof link === 'number' && <RowLink seq={link} />,
    batch: scope?.batch !== undefined && <IdText id={scope.batch} />,
    key: scope?.key !== undefined && <IdText id={scope.key} />,
    from: scope?.from !== undefined && <Time at={scope.from} exact />,
    to: scope?.to !== undefined && <Time at={scope.to} exact />,
  };
}
