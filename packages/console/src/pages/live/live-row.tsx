import { Badge } from '../../components/badge.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import { EventLine } from './event-line.tsx';
import { LedgerLine } from './ledger-line.tsx';
import type { LiveItem } from './live-item.ts';
import styles from './live-page.module.css';

export function LiveRow({ item }: { readonly item: LiveItem }) {
  if (item.type === 'dropped') {
    return (
      <li className={styles.row}>
        <Badge tone="held">{texts.live.dropped(item.count)}</Badge>
      </li>
    );
  }
  return (
    <li className={styles.row}>
      <span className={styles.time}>
        <Time exact at={item.type === 'event' ? item.event.received_at : item.row.time} />
      </span>
      {item.type === 'event' ? <EventLine event={item.event} /> : <LedgerLine row={item.row} />}
    </li>
  );
}
