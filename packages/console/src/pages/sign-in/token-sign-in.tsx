import { useEffect, useRef } from 'react';
import { tell } from '../../components/toast-manager.ts';
import { texts } from '../../texts/texts.ts';
import { useSignIn } from './use-sign-in.ts';

/** A link that works once signs in without a word; where it no longer works, the form says so. */
export function TokenSignIn({ token, onFailed }: { readonly token: string; readonly onFailed: () => void }) {
  const { mutate } = useSignIn();
  const asked = useRef(false);
  useEffect(() => {
    // Once: the token is used up by asking.
    if (asked.current) return;
    asked.current = true;
    mutate(
      { token },
      {
        onError: (error) => {
          tell({ title: error.message });
          onFailed();
        },
      },
    );
  }, [mutate, token, onFailed]);
  return <p role="status">{texts.signIn.byLink}</p>;
}
