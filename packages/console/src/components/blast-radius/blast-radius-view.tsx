import { texts } from '../../texts/texts.ts';
import styles from './blast-radius.module.css';
import { ChangedTraits } from './changed-traits.tsx';
import { MovedIds } from './moved-ids.tsx';
import { People } from './people.tsx';
import type { BlastRadius } from './types.ts';

/** What would change: people before and after, side by side; identifiers and events that move; traits. */
export function BlastRadiusView({ radius }: { readonly radius: BlastRadius }) {
  const { identities, before, after, identifiers, events, traits } = radius;
  const moving = new Set(identifiers.listed.map(({ distinct_id }) => distinct_id));
  return (
    <>
      <p>
        {texts.act.people(identities.before, identities.after)}.{' '}
        {identifiers.moved === 0 ? texts.act.movedNone : `${texts.act.moved(identifiers.moved, events)}.`}
      </p>
      <div className={styles.sides}>
        <People title={texts.act.before} people={before} count={identities.before} moving={moving} />
        <People title={texts.act.after} people={after} count={identities.after} moving={moving} />
      </div>
      <MovedIds identifiers={identifiers} />
      <ChangedTraits traits={traits} />
    </>
  );
}
