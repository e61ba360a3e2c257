import { shownText } from '../characters.ts';
import { Badge } from '../components/badge.tsx';
import { IdText } from '../components/id-text.tsx';

import { texts } from '../texts/texts.ts';
import type { Item, Match } from './found.ts';
import styles from './found-item.module.css';

const valueMax = 40;

/** One line of what was found: what it is, and why it is here. */
export function FoundItem({ item }: { readonly item: Item }) {
  if (item.type === 'row') return <span className={styles.line}>{texts.find.row(item.seq)}</span>;
  if (item.type === 'batch')
    return (
      <span className={styles.line}>
        {texts.find.batch} <IdText id={item.batch} max={valueMax} />
      </span>
    );
  if (item.type === 'id')
    return (
      <span className={styles.line}>
        {texts.find.exactly} <IdText id={item.id} max={valueMax} />
      </span>
    );
  const { canonicalId, known, match } = item.person;
  return (
    <span className={styles.line}>
      <IdText id={canonicalId} max={valueMax} />
      <Badge tone={known ? 'known' : 'anonymous'}>{known ? texts.find.known : texts.find.anonymous}</Badge>
      <Why match={match} canonicalId={canonicalId} />
    </span>
  );
}

function Why({ match, canonicalId }: { readonly match: Match; readonly canonicalId: string }) {
  if (match.by === 'trait')
    return (
      <span className={styles.why}>
        {shownText(match.key)} <IdText id={match.value} max={valueMax} />
      </span>
    );
  if (match.distinctId === canonicalId) return null;
  return (
    <span className={styles.why}>
      {texts.find.alsoKnownAs} <IdText id={match.distinctId} max={valueMax} />
    </span>
  );
}
