import { shownText } from '../../characters.ts';
import { texts } from '../../texts/texts.ts';
import { IdText } from '../id-text.tsx';
import { shownValue } from '../shown-value.ts';
import styles from './blast-radius.module.css';
import { ChangeTable } from './change-table.tsx';
import type { BlastRadius } from './types.ts';

/** Traits of a profile that would have another value: from → to. */
export function ChangedTraits({ traits: { changed, listed } }: Pick<BlastRadius, 'traits'>) {
  const { of, key, from, to } = texts.act.traitColumns;
  if (changed === 0) return null;
  return (
    <ChangeTable title={texts.act.traitsTitle(changed)} columns={[of, key, from, to]} left={changed - listed.length}>
      {listed.map((trait) => (
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
    </ChangeTable>
  );
}

/** Undefined: the profile has no such trait. */
function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span className={styles.more}>{texts.act.noValue}</span>;
  return <bdi title={shownValue(value, 1_000)}>{shownValue(value, 32)}</bdi>;
}
