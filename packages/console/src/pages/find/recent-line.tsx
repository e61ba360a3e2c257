import { Badge } from '../../components/badge.tsx';
import { IdText } from '../../components/id-text.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './recent-line.module.css';
import type { RecentPerson } from './use-recent.ts';

const { find } = texts;

/** A person of whom something has changed lately. */
export function RecentLine({ person }: { readonly person: RecentPerson }) {
  const { canonical_id, known, identifier_count, event_count, last_seen, changed_at } = person;
  return (
    <span className={styles.line}>
      <span className={styles.id}>
        <IdText id={canonical_id} max={48} />
      </span>
      <span>
        <Badge tone={known ? 'known' : 'anonymous'}>{known ? find.known : find.anonymous}</Badge>
      </span>
      <span className={styles.number}>{find.ids(identifier_count)}</span>
      <span className={styles.number}>{find.events(event_count)}</span>
      <span className={styles.time}>
        {last_seen === null ? (
          find.neverSeen
        ) : (
          <>
            {find.seen} <Time at={last_seen} />
          </>
        )}
      </span>
      <span className={styles.time}>
        {find.changed} <Time at={changed_at} />
      </span>
    </span>
  );
}
