import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useDebounced } from '../../finding/use-debounced.ts';

const from = '/e/$environment/people';
const writeAfterMs = 250;

/** The text in the box, and in the address (`?q=`) once somebody stops typing. */
export function useTyped(): [string, (text: string) => void] {
  const { q = '' } = useSearch({ from });
  const navigate = useNavigate({ from });
  const [text, setText] = useState(q);
  const settled = useDebounced(text, writeAfterMs);
  const written = useRef(q);

  useEffect(() => {
    if (settled === written.current) return;
    written.current = settled;
    void navigate({ search: settled === '' ? {} : { q: settled }, replace: true, resetScroll: false });
  }, [settled, navigate]);

  // Somebody went back, or followed a link to another text.
  useEffect(() => {
    if (q === written.current) return;
    written.current = q;
    setText(q);
  }, [q]);

  return [text, setText];
}
