import type { FocusEvent } from 'react';
import styles from './small-input.module.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** The focus went elsewhere. */
  readonly onLeave?: (event: FocusEvent) => void;
}

/** A short text in a bar of filters, its label before it. */
export function SmallInput({ label, value, onChange, onLeave }: Props) {
  return (
    <label className={styles.field}>
      <span className={styles.label}>{label}</span>
      <input
        type="text"
        className={styles.input}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
        onBlur={onLeave}
      />
    </label>
  );
}
