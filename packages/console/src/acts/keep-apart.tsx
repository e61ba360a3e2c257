import { texts } from '../texts/texts.ts';
import styles from './panel.module.css';

interface Props {
  /** Separations that the split leaves. */
  readonly count: number;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A split leaves separations, unless somebody wants it as if the evidence had never come. */
export function KeepApart({ count, checked, onChange }: Props) {
  return (
    <label className={styles.choice}>
      <input type="checkbox" checked={checked} onChange={({ target }) => onChange(target.checked)} />
      {texts.act.keepApart}
      <small>{checked ? texts.act.separationsLeft(count) : texts.act.keepApartHint}</small>
    </label>
  );
}
