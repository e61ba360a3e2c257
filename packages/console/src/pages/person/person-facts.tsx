import { Badge } from '../../components/badge.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { IdText } from '../../components/id-text.tsx';
import { Time } from '../../components/time.tsx';
import { formatCount } from '../../format.ts';
import { texts } from '../../texts/texts.ts';
import { isBare, type Moment } from './moment.ts';
import styles from './person.module.css';
import { usePersonSearch } from './search.ts';

const words = texts.person;

/** Known or not, since when, how many ids and events, when last seen. */
export function PersonFacts({ moment }: { readonly moment: Moment }) {
  const { as_of_seq } = usePersonSearch();
  const { known, created_at, identifier_count, event_count, last_seen, identity_id } = moment.identity;
  return (
    <ul className={styles.facts}>
      <li>
        <Badge tone={known ? 'known' : 'anonymous'}>{known ? words.known : words.anonymous}</Badge>
      </li>
      {as_of_seq !== undefined && (
        <li>
          <Badge tone="accent">{words.replay.asOf(formatCount(as_of_seq))}</Badge>
        </li>
      )}
      <li>
        {created_at !== null ? (
          <>
            {words.facts.since} <Time at={created_at} exact />
          </>
        ) : (
          isBare(moment) && words.facts.neverLinked
        )}
      </li>
      <li>{words.facts.identifiers(identifier_count)}</li>
      {event_count > 0 && <li>{words.facts.events(event_count)}</li>}
      <li>
        {last_seen === null ? (
          words.facts.neverSeen
        ) : (
          <>
            {words.facts.seen} <Time at={last_seen} />
          </>
        )}
      </li>
      <li className={styles.identityId}>
        <IdText id={identity_id} />
        <CopyButton text={identity_id} what={words.facts.identityId} />
      </li>
    </ul>
  );
}
