import { shownText } from '../../characters.ts';
import { Badge } from '../../components/badge.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { jsonText } from '../../components/shown-value.ts';
import { texts } from '../../texts/texts.ts';
import type { LiveEvent } from './live-item.ts';
import styles from './live-page.module.css';

export function EventLine({ event: { event, distinct_id, properties } }: { readonly event: LiveEvent }) {
  return (
    <>
      <span>
        <Badge>event</Badge>
      </span>
      <div className={styles.what}>
        <bdi className={styles.event}>{shownText(event)}</bdi>
        <span>{texts.live.by}</span>
        <PersonLink id={distinct_id} />
        {Object.keys(properties).length > 0 && (
          <details className={styles.properties}>
            <summary>{texts.live.properties}</summary>
            <pre>{jsonText(properties)}</pre>
          </details>
        )}
      </div>
    </>
  );
}
