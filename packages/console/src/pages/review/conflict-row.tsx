import { Link } from '@tanstack/react-router';
import { Badge } from '../../components/badge.tsx';
import { IdText } from '../../components/id-text.tsx';
import { PersonLink } from '../../components/person-link.tsx';
import { Sentence } from '../../components/sentence.tsx';
import { Time } from '../../components/time.tsx';
import { texts } from '../../texts/texts.ts';
import type { Conflict } from './queries.ts';
import styles from './rows.module.css';

/** Refused evidence of one cause: who claims which identifier, why not, who sends it, and the newest links of it. */
export function ConflictRow({ conflict }: { readonly conflict: Conflict }) {
  const words = texts.review.conflicts;
  return (
    <div className={styles.conflict}>
      <p className={styles.line}>
        <Badge tone={conflict.reason === 'separated' ? 'separated' : 'held'}>
          {texts.reasons.short[conflict.reason] ?? conflict.reason}
        </Badge>
        <span>
          <Sentence
            text={words.claimed}
            parts={{
              id: <PersonLink id={conflict.distinct_id} max={28} />,
              claimants: conflict.claimants.map((id, index) => (
                <span key={id}>
                  {index > 0 && ', '}
                  <PersonLink id={id} max={28} />
                </span>
              )),
            }}
          />
        </span>
      </p>
      <p className={styles.line}>
        <span>{words.count(conflict.count)}</span>
        <Time at={conflict.last_time} />
        {conflict.sources.slice(0, 3).map(({ key, lib }) => (
          <span key={`${key}\n${lib}`}>
            {key !== null && <IdText id={key} max={24} />} {lib !== null && <IdText id={lib} max={24} />}
          </span>
        ))}
        {conflict.links.map(({ seq }, index) => (
          <Link
            key={seq}
            to="."
            search={(now) => ({ ...now, act: 'review', link: seq })}
            resetScroll={false}
            {...(index === 0 && { 'data-row-focus': '' })}
          >
            {words.preview(seq)}
          </Link>
        ))}
      </p>
    </div>
  );
}
