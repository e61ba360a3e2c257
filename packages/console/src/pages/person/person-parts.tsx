import { useMemo } from 'react';
import { IdentifiersPanel } from './identifiers/identifiers-panel.tsx';
import { isBare, type Moment } from './moment.ts';
import styles from './person.module.css';
import { ReplayBar } from './replay/replay-bar.tsx';
import { usePersonSearch } from './search.ts';
import { besideOf, standingAt } from './standing.ts';
import { TimelinePanel } from './timeline/timeline-panel.tsx';
import { TraitsPanel } from './traits/traits-panel.tsx';
import { useHistory } from './use-history.ts';
import { LinkPanel } from './why/link-panel.tsx';
import { WhyPanel } from './why/why-panel.tsx';

/** Everything below a person's name. */
export function PersonParts({ moment }: { readonly moment: Moment }) {
  const { as_of_seq } = usePersonSearch();
  const history = useHistory();
  const { rows } = history;
  const isReplayable = as_of_seq !== undefined || !isBare(moment);
  const { identifiers } = moment;
  const standing = useMemo(() => {
    const ids = new Set(identifiers.map(({ distinct_id }) => distinct_id));
    return besideOf(standingAt(rows, as_of_seq ?? Number.POSITIVE_INFINITY), ids);
  }, [rows, identifiers, as_of_seq]);
  return (
    <>
      {isReplayable && <ReplayBar history={history} />}
      <div className={styles.parts}>
        <div className={styles.who}>
          <IdentifiersPanel moment={moment} standing={standing} rows={rows} />
          <LinkPanel moment={moment} standing={standing} />
          <WhyPanel />
        </div>
        <TraitsPanel moment={moment} />
        <TimelinePanel history={history} />
      </div>
    </>
  );
}
