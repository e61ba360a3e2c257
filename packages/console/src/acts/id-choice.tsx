import { texts } from '../texts/texts.ts';
import { idsOfText } from './act-search.ts';
import { IdList } from './id-list.tsx';
import styles from './panel.module.css';

interface Props {
  /** Whose identifiers these are; without one they are typed. */
  readonly person: string | undefined;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Which identifiers: ticked where the person is known, else one a line. */
export function IdChoice({ person, chosen, onChange }: Props) {
  if (person !== undefined) return <IdList person={person} chosen={chosen} onChange={onChange} />;
  return (
    <label className={styles.form}>
      {texts.act.ways.set}
      <textarea
        className={styles.area}
        spellCheck={false}
        cols={40}
        onChange={({ target }) => onChange(idsOfText(target.value))}
      />
      <small className={styles.hint}>{texts.act.setHint}</small>
    </label>
  );
}
