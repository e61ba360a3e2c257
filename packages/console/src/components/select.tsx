import type { SelectHTMLAttributes } from 'react';
import styles from './select.module.css';

interface Option {
  readonly value: string;
  readonly label: string;
}

interface Props extends SelectHTMLAttributes<HTMLSelectElement> {
  readonly label: string;
  readonly options: readonly Option[];
  /** Whether the label is seen, or only said. */
  readonly labelled?: boolean;
}

/** One of a few: the system's own list, which every keyboard and phone knows. */
export function Select({ label, options, labelled = false, ...rest }: Props) {
  return (
    <label className={styles.field}>
      <span className={labelled ? styles.label : 'visually-hidden'}>{label}</span>
      <select className={styles.select} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  );
}
