import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../components/error-note.tsx';
import { IdText } from '../components/id-text.tsx';
import { TextField } from '../components/text-field.tsx';
import { useEnvironment } from '../shell/use-environment.ts';
import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';
import { personOfActQuery } from './person-query.ts';
import { PreviewSkeleton } from './preview-skeleton.tsx';

const shownMax = 200;

interface Props {
  readonly person: string;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** A person's identifiers, to be ticked. */
export function IdList({ person, chosen, onChange }: Props) {
  const environment = useEnvironment();
  const [filter, setFilter] = useState('');
  const { data, error } = useQuery(personOfActQuery(environment, person, 'distinct_id'));
  if (data === undefined) return error === null ? <PreviewSkeleton /> : <ErrorNote error={error} />;
  const wanted = data.identifiers.filter(({ distinct_id: id }) => id.includes(filter)).slice(0, shownMax);
  const toggle = (id: string) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <fieldset className={styles.form}>
      <legend>{texts.act.setOf(wanted.length, data.identifier_count)}</legend>
      <TextField
        label={texts.act.fields.filter}
        value={filter}
        spellCheck={false}
        onChange={({ target }) => setFilter(target.value)}
      />
      <div className={styles.list}>
        {wanted.map(({ distinct_id: id }) => (
          <label key={id}>
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            <IdText id={id} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
