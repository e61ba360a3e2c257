import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useDebounced } from '../../finding/use-debounced.ts';

const from = '/e/$environment/people';
const writeAfterMs = 250;
const isHere = (path: string): boolean => path.endsWith('/people');

/** The text in the box, and in the address (`?q=`) once somebody stops typing. */
export function useTyped(): [string, (text: string) => void] {
  const { q = '' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const router = useRouter();
  const [text, setText] = useState(q);
  const settled = useDebounced(text, writeAfterMs);
  const written = useRef(q);

  useEffect(() => {
    // On the way to another page this one is still here.
    if (settled === written.current || !isHere(router.latestLocation.pathname)) return;
    written.current = settled;
    void navigate({ search: { q: settled === '' ? undefined : settled }, replace: true, resetScroll: false });
  }, [settled, navigate, router]);

  // Somebody went back, or followed a link to another text.
  useEffect(() => {
    if (q === written.current) return;
    written.current = q;
    setText(q);
  }, [q]);

  return [text, setText];
}
