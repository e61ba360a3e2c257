import { useChangeSearch, usePersonSearch } from './search.ts';
import { selected } from './selection.ts';

/** Chooses an identifier, from the graph or the list. */
export function useSelect(): (id: string, extend: boolean) => void {
  const search = usePersonSearch();
  const change = useChangeSearch();
  return (id, extend) => change({ ...selected(search, id, extend), link: undefined });
}
