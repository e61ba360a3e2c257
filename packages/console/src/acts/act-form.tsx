import type { FormEvent } from 'react';
import { Button } from '../components/button.tsx';
import { TextField } from '../components/text-field.tsx';
import { texts } from '../texts/texts.ts';
import { type ActSearch, actSearchOf } from './act-search.ts';
import styles from './panel.module.css';
import { SplitForm } from './split-form.tsx';
import { useAct } from './use-act.ts';

const { fields } = texts.act;

const fieldsByAct: Readonly<Record<string, readonly (readonly [keyof ActSearch & string, string])[]>> = {
  alias: [
    ['a', fields.a],
    ['b', fields.b],
  ],
  separate: [
    ['a', fields.one],
    ['b', fields.other],
  ],
  lift: [
    ['a', fields.one],
    ['b', fields.other],
  ],
  approve: [['link', fields.link]],
  reject: [['link', fields.link]],
  review: [['link', fields.link]],
  revert: [['batch', fields.batch]],
  erase: [['id', fields.id]],
  export: [['id', fields.id]],
  undo: [['row', fields.link]],
};

/** Asks for what the address does not say yet. What is typed becomes part of it. */
export function ActForm({ search }: { readonly search: ActSearch }) {
  const { open } = useAct();
  if (search.act === 'split') return <SplitForm search={search} />;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    open(actSearchOf({ ...search, ...Object.fromEntries(new FormData(event.currentTarget)) }));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <p className={styles.hint}>{texts.act.noTarget}</p>
      {(fieldsByAct[search.act ?? ''] ?? []).map(([name, label]) => (
        <div key={name} className={styles.wide}>
          <TextField
            label={label}
            name={name}
            required
            spellCheck={false}
            autoComplete="off"
            defaultValue={search[name]?.toString() ?? ''}
          />
        </div>
      ))}
      <Button type="submit" look="primary">
        {texts.act.preview}
      </Button>
    </form>
  );
}
