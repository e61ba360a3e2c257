import { texts } from '../../texts/texts.ts';
import styles from './blast-radius.module.css';
import { IdentityCard } from './identity-card.tsx';
import type { Side } from './types.ts';

const shownMax = 20;

interface Props {
  readonly title: string;
  readonly people: readonly Side[];
  readonly count: number;
  readonly moving: ReadonlySet<string>;
}

/** The people of one side of a change. */
export function People({ title, people, count, moving }: Props) {
  const shown = people.slice(0, shownMax);
  return (
    <section className={styles.side} aria-label={title}>
      <h3>{title}</h3>
      <ul className={styles.side}>
        {shown.map((identity) => (
          <IdentityCard key={identity.identity_id} identity={identity} moving={moving} />
        ))}
      </ul>
      {count > shown.length && <p className={styles.more}>{texts.act.more(count - shown.length)}</p>}
    </section>
  );
}
