import { shownText } from '../../../characters.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { IdText } from '../../../components/id-text.tsx';
import { jsonText } from '../../../components/shown-value.ts';
import { Time } from '../../../components/time.tsx';
import { texts } from '../../../texts/texts.ts';
import type { PersonEvent } from '../queries.ts';
import { useChangeSearch, usePersonSearch } from '../search.ts';
import { eventKey } from './items.ts';
import styles from './timeline.module.css';

const words = texts.person.timeline;

/** An event and the identifier it came by. Unfolded, all that it holds. */
export function EventItem({ event }: { readonly event: PersonEvent }) {
  const { open } = usePersonSearch();
  const change = useChangeSearch();
  const key = eventKey(event);
  const isOpen = open === key;
  return (
    <article className={styles.event}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={isOpen}
        onClick={() => change({ open: isOpen ? undefined : key })}
      >
        <span className={styles.mark} aria-hidden="true">
          {isOpen ? '▾' : '▸'}
        </span>
        <span className={styles.name} title={shownText(event.event)}>
          {shownText(event.event)}
        </span>
        <span className={styles.via}>
          {words.via} <IdText id={event.distinct_id} max={24} />
        </span>
        <span className={styles.time}>
          <Time at={event.timestamp} />
        </span>
      </button>
      {isOpen && <Unfolded event={event} />}
    </article>
  );
}

const idFields = ['uuid', 'distinct_id', 'anonymous_id', 'device_id', 'session_id'] as const;

function Unfolded({ event }: { readonly event: PersonEvent }) {
  const json = jsonText(event.properties);
  return (
    <div className={styles.unfolded}>
      <dl className={styles.fields}>
        {idFields.map((field) => {
          const id = event[field];
          return id === null ? null : (
            <div key={field}>
              <dt>{field}</dt>
              <dd>
                <IdText id={id} /> <CopyButton text={id} what={field} />
              </dd>
            </div>
          );
        })}
        <div>
          <dt>{words.fields.received}</dt>
          <dd>
            <Time at={event.received_at} exact />
          </dd>
        </div>
        {event.client_timestamp !== null && (
          <div>
            <dt>{words.fields.client}</dt>
            <dd>
              <Time at={event.client_timestamp} exact />
            </dd>
          </div>
        )}
      </dl>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className={styles.json} tabIndex={0} aria-label={words.unfold(shownText(event.event))}>
        <pre>{json}</pre>
      </section>
      <CopyButton text={json} what={words.copyProperties} />
    </div>
  );
}
