import { texts } from '../../texts/texts.ts';
import { Badge } from '../badge.tsx';
import { IdText } from '../id-text.tsx';
import styles from './blast-radius.module.css';
import type { Side } from './types.ts';

const shownMax = 8;

/** One person, before or after. `moving`: the ids that change hands. */
export function IdentityCard({ identity, moving }: { readonly identity: Side; readonly moving: ReadonlySet<string> }) {
  const { canonical_id: canonical, known, identifiers, distinct_ids } = identity;
  // What moves is what one looks for.
  const shown = [...distinct_ids].sort((a, b) => Number(moving.has(b)) - Number(moving.has(a))).slice(0, shownMax);
  return (
    <li className={styles.identity}>
      <p className={styles.name}>
        <IdText id={canonical} max={28} />
        <Badge tone={known ? 'known' : 'anonymous'}>{known ? texts.act.known : texts.act.anonymous}</Badge>
      </p>
      <p className={styles.more}>{texts.act.idCount(identifiers)}</p>
      <ul className={styles.ids}>
        {shown.map((id) => (
          <li key={id} className={moving.has(id) ? styles.moving : undefined}>
            <IdText id={id} max={32} />
          </li>
        ))}
        {identifiers > shown.length && <li>{texts.act.more(identifiers - shown.length)}</li>}
      </ul>
    </li>
  );
}
