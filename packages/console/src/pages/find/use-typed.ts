import { useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { wholeText } from '../../characters.ts';
import { useDebounced } from '../../finding/use-debounced.ts';

const from = '/e/$environment/people';
const writeAfterMs = 250;
const isHere = (path: string): boolean => path.endsWith('/people');

interface Typed {
  readonly text: string;
  readonly setText: (text: string) => void;
  /** Writes the text into the address at once: for who comes back to it. */
  readonly write: () => void;
}

/** The text in the box, and in the address (`?q=`) once somebody stops typing. */
export function useTyped(): Typed {
  const { q = '' } = useSearch({ from });
  const router = useRouter();
  const [text, setText] = useState(q);
  const settled = useDebounced(text, writeAfterMs);
  const written = useRef(q);

  const write = useCallback(
    (typed: string) => {
      // On the way to another page this one is still here.
      if (typed === written.current || !isHere(router.latestLocation.pathname)) return;
      written.current = typed;
      const { href } = router.buildLocation({ to: '.', search: { q: typed === '' ? undefined : typed } });
      router.history.replace(href);
      // At once: a step to a person that comes right behind would take its place.
      router.history.flush();
    },
    [router],
  );

  useEffect(() => write(settled), [settled, write]);

  // Somebody went back, or followed a link to another text.
  useEffect(() => {
    if (q === written.current) return;
    written.current = q;
    setText(q);
  }, [q]);

  return { text, setText: (typed) => setText(wholeText(typed)), write: () => write(text) };
}
