import { texts } from '../../texts/texts.ts';
import { IdText } from '../id-text.tsx';
import styles from './blast-radius.module.css';
import type { BlastRadius } from './types.ts';

/** Which identifiers get another person, from whom and to whom. */
export function MovedIds({ identifiers }: Pick<BlastRadius, 'identifiers'>) {
  const { id, from, to } = texts.act.movedColumns;
  if (identifiers.moved === 0) return null;
  return (
    <div className={styles.part}>
      <h3>{texts.act.movedTitle}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.table} tabIndex={0} aria-label={texts.act.movedTitle}>
        <table>
          <thead>
            <tr>
              <th scope="col">{id}</th>
              <th scope="col">{from}</th>
              <th scope="col">{to}</th>
            </tr>
          </thead>
          <tbody>
            {identifiers.listed.map((moved) => (
              <tr key={moved.distinct_id}>
                <td>
                  <IdText id={moved.distinct_id} max={28} />
                </td>
                <td>
                  <IdText id={moved.from} max={20} />
                </td>
                <td>
                  <IdText id={moved.to} max={20} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {identifiers.moved > identifiers.listed.length && (
        <p className={styles.more}>{texts.act.more(identifiers.moved - identifiers.listed.length)}</p>
      )}
    </div>
  );
}
