import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/text-field.tsx';
import { texts } from '../../texts/texts.ts';
import styles from './sign-in-page.module.css';
import { useSignIn } from './use-sign-in.ts';

export function KeyForm() {
  const [key, setKey] = useState('');
  const signIn = useSignIn();
  const publishable = key.trim().startsWith('pk_');

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!publishable && key.trim() !== '') signIn.mutate({ key: key.trim() });
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField
        label={texts.signIn.label}
        hint={texts.signIn.hint}
        error={publishable ? texts.signIn.publishable : (signIn.error?.message ?? null)}
        type="password"
        name="key"
        autoComplete="current-password"
        spellCheck={false}
        autoFocus
        value={key}
        onChange={({ target }) => setKey(target.value)}
      />
      <Button type="submit" look="primary" disabled={signIn.isPending}>
        {signIn.isPending ? texts.signIn.working : texts.signIn.submit}
      </Button>
    </form>
  );
}
