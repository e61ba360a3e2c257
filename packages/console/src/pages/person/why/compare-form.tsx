import type { FormEvent } from 'react';
import { Button } from '../../../components/button.tsx';
import { texts } from '../../../texts/texts.ts';
import field from '../field.module.css';
import { useChangeSearch } from '../search.ts';
import styles from './why.module.css';

/** Any id, also somebody else's, as the second of the two. */
export function CompareForm() {
  const change = useChangeSearch();
  const { other, otherHint, compare } = texts.person.why;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const b = String(new FormData(event.currentTarget).get('b') ?? '');
    if (b !== '') change({ b });
  };
  return (
    <form className={styles.compare} onSubmit={submit}>
      <input
        name="b"
        className={field.wide}
        aria-label={other}
        placeholder={otherHint}
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit">{compare}</Button>
    </form>
  );
}
