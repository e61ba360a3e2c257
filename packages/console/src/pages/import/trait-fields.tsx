import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { traitColumns } from './columns.ts';
import { canBeTrait } from './import-address.ts';
import { TraitField } from './trait-field.tsx';
import styles from './trait-fields.module.css';
import type { Kind } from './types.ts';
import { readAs, type Work } from './work.ts';

const { imports } = texts;

/** Columns that become traits of the person, or properties of the event. */
export function TraitFields({ work, kind }: { readonly work: Work; readonly kind: Kind | null }) {
  const environment = useEnvironment();
  const { allTraits } = work.reading;
  const columns = traitColumns(work).filter(canBeTrait);
  return (
    <fieldset className={styles.fields}>
      <legend className={styles.legend}>{kind === 'event' ? imports.properties : imports.traits}</legend>
      {columns.length === 0 && !allTraits && <p className={styles.none}>{imports.noTraitColumns}</p>}
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={allTraits}
          onChange={({ target }) => readAs(environment, { allTraits: target.checked })}
        />
        {imports.allTraits}
      </label>
      {columns.length > 0 && (
        <ul className={styles.columns}>
          {columns.map((column) => (
            <TraitField key={column} column={column} reading={work.reading} />
          ))}
        </ul>
      )}
    </fieldset>
  );
}
