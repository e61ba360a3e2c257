import { shownText } from '../../characters.ts';
import { texts } from '../../texts/texts.ts';
import { IdText } from '../id-text.tsx';
import { shownValue } from '../shown-value.ts';
import styles from './blast-radius.module.css';
import type { BlastRadius } from './types.ts';

/** Traits of a profile that would have another value: from → to. */
export function ChangedTraits({ traits }: Pick<BlastRadius, 'traits'>) {
  const { of, key, from, to } = texts.act.traitColumns;
  if (traits.changed === 0) return null;
  const title = texts.act.traitsTitle(traits.changed);
  return (
    <div className={styles.part}>
      <h3>{title}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className={styles.table} tabIndex={0} aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{of}</th>
              <th scope="col">{key}</th>
              <th scope="col">{from}</th>
              <th scope="col">{to}</th>
            </tr>
          </thead>
          <tbody>
            {traits.listed.map((trait) => (
              <tr key={`${trait.canonical_id}\n${trait.key}`}>
                <td>
                  <IdText id={trait.canonical_id} max={20} />
                </td>
                <td>
                  <bdi>{shownText(trait.key)}</bdi>
                </td>
                <td>
                  <Value value={trait.from} />
                </td>
                <td>
                  <Value value={trait.to} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {traits.changed > traits.listed.length && (
        <p className={styles.more}>{texts.act.more(traits.changed - traits.listed.length)}</p>
      )}
    </div>
  );
}

/** Undefined: the profile has no such trait. */
function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span className={styles.more}>{texts.act.noValue}</span>;
  return <bdi title={shownValue(value, 1_000)}>{shownValue(value, 32)}</bdi>;
}
