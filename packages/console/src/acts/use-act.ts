import { useMatch, useNavigate, useSearch } from '@tanstack/react-router';
import { type ActSearch, withoutAct } from './act-search.ts';

/** The act that the address prepares, and how to prepare another or none. */
export function useAct() {
  const search: ActSearch = useSearch({ from: '/e/$environment' });
  const keepsSelection = useMatch({ from: '/e/$environment/people/$id', shouldThrow: false }) !== undefined;
  const navigate = useNavigate();

  const change = (next: (now: ActSearch) => ActSearch, replace: boolean) =>
    void navigate({ to: '.', search: next as never, replace, resetScroll: false });

  return {
    search,
    /** Going back closes it. */
    open: (act: ActSearch) => change((now) => ({ ...now, ...act }), false),
    alter: (act: ActSearch) => change((now) => ({ ...now, ...act }), true),
    close: () => change((now) => withoutAct(now, keepsSelection), true),
  };
}
