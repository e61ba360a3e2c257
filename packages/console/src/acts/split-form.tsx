import { type FormEvent, useState } from 'react';
import { Button } from '../components/button.tsx';
import { Select } from '../components/select.tsx';
import { TextField } from '../components/text-field.tsx';
import { seqOf, textOf } from '../search-values.ts';
import { texts } from '../texts/texts.ts';
import { type ActSearch, textOfIds } from './act-search.ts';
import { IdChoice } from './id-choice.tsx';
import styles from './panel.module.css';
import { useAct } from './use-act.ts';

const ways = ['set', 'pair', 'link'] as const;
type Way = (typeof ways)[number];

/** By link, by pair, or by a set of identifiers. */
export function SplitForm({ search }: { readonly search: ActSearch }) {
  const { open } = useAct();
  const [way, setWay] = useState<Way>(search.id === undefined ? 'pair' : 'set');
  const [chosen, setChosen] = useState<readonly string[]>(search.a === undefined ? [] : [search.a]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (way === 'set') open({ ids: textOfIds(chosen) || undefined });
    else if (way === 'link') open({ link: seqOf(form.get('link')) });
    else open({ a: textOf(form.get('a')), b: textOf(form.get('b')) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Select
        labelled
        label={texts.act.ways.label}
        value={way}
        options={ways.map((value) => ({ value, label: texts.act.ways[value] }))}
        onChange={({ target }) => setWay(target.value as Way)}
      />
      <p className={styles.hint}>{texts.act.wayHints[way]}</p>
      {way === 'set' && <IdChoice person={search.id} chosen={chosen} onChange={setChosen} />}
      {way === 'link' && <TextField label={texts.act.fields.link} name="link" required inputMode="numeric" />}
      {way === 'pair' && (
        <>
          <div className={styles.wide}>
            <TextField
              label={texts.act.fields.one}
              name="a"
              required
              defaultValue={search.a ?? ''}
              spellCheck={false}
            />
          </div>
          <div className={styles.wide}>
            <TextField
              label={texts.act.fields.other}
              name="b"
              required
              defaultValue={search.b ?? ''}
              spellCheck={false}
            />
          </div>
        </>
      )}
      <Button type="submit" look="primary" disabled={way === 'set' && chosen.length === 0}>
        {texts.act.preview}
      </Button>
    </form>
  );
}
