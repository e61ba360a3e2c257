import { Field } from '@base-ui/react/field';
import type { InputHTMLAttributes, ReactNode } from 'react';
import styles from './text-field.module.css';

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'defaultValue'> {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly value?: string;
  readonly defaultValue?: string;
}

/** A line of text, with its label, a hint and what is wrong with it. */
export function TextField({ label, hint, error = null, ...input }: Props) {
  return (
    <Field.Root className={styles.field} invalid={error !== null}>
      <Field.Label className={styles.label}>{label}</Field.Label>
      <Field.Control className={styles.input} {...input} />
      {hint !== undefined && <Field.Description className={styles.hint}>{hint}</Field.Description>}
      {error !== null && (
        <Field.Error match className={styles.error}>
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}
