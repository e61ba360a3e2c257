import { useSearch } from '@tanstack/react-router';
import { Note } from '../../components/note.tsx';
import { texts } from '../../texts/texts.ts';
import { KeyForm } from './key-form.tsx';
import styles from './sign-in-page.module.css';
import { TokenSignIn } from './token-sign-in.tsx';
import { useToken } from './use-token.ts';

export function SignInPage() {
  const { ended } = useSearch({ from: '/sign-in' });
  const { token, spent } = useToken();
  return (
    <main className={styles.page}>
      <title>{`${texts.signIn.title} · ${texts.shell.name}`}</title>
      <h1>{texts.shell.name}</h1>
      {ended === true && <Note tone="held">{texts.signIn.ended}</Note>}
      {token === null ? <KeyForm /> : <TokenSignIn token={token} onFailed={spent} />}
    </main>
  );
}
