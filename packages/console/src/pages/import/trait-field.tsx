import { shownText } from '../../characters.ts';
import { Select } from '../../components/select.tsx';
import { cutInTheMiddle } from '../../format.ts';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { withTrait } from './columns.ts';
import styles from './trait-fields.module.css';
import { type Reading, type TraitType, traitTypes } from './types.ts';
import { readAs } from './work.ts';

const { imports } = texts;
const shownMax = 30;

/** A column that may be a trait: under which key, and what its text is read as. */
export function TraitField({ column, reading }: { readonly column: string; readonly reading: Reading }) {
  const environment = useEnvironment();
  const trait = reading.traits[column] ?? null;
  const put = (next: Reading['traits'][string] | null) =>
    readAs(environment, { traits: withTrait(reading, column, next) });
  const rename = (key: string) => trait !== null && key !== '' && key !== trait.key && put({ ...trait, key });
  const shown = shownText(column);
  return (
    <li className={styles.column}>
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={trait !== null}
          onChange={({ target }) => put(target.checked ? { key: column, type: 'as-is' } : null)}
        />
        <bdi>{cutInTheMiddle(shown, shownMax)}</bdi>
      </label>
      {trait !== null && (
        <>
          <input
            className={styles.key}
            aria-label={imports.traitKey(shown)}
            defaultValue={trait.key}
            spellCheck={false}
            onBlur={({ target }) => rename(target.value)}
            onKeyDown={({ key, currentTarget }) => key === 'Enter' && rename(currentTarget.value)}
          />
          <Select
            label={imports.traitType(shown)}
            value={trait.type}
            options={traitTypes.map((type) => ({ value: type, label: imports.traitTypes[type] }))}
            onChange={({ target }) => put({ ...trait, type: target.value as TraitType })}
          />
        </>
      )}
    </li>
  );
}
