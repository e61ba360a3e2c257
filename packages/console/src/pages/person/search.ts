import { useNavigate, useSearch } from '@tanstack/react-router';
import { oneOf, seqOf, textOf } from '../../search-values.ts';

/** What an address of the person page holds beside who it is. */
export interface PersonSearch {
  /** How identifiers and what joins them are shown; without it, as a graph unless they are very many. */
  readonly view?: 'graph' | 'list' | 'links';
  /** Two identifiers that are selected: why they are one person, or not. Acts begin from them as well. */
  readonly a?: string;
  readonly b?: string;
  /** A link that is selected, by its ledger row. */
  readonly link?: number;
  /** The moment that is shown; without it, now. */
  readonly as_of_seq?: number;
  /** A trait whose history is unfolded. */
  readonly trait?: string;
  /** The events shown are of this name. */
  readonly event?: string;
  /** Uuid and distinct_id of the event that is unfolded. */
  readonly open?: string;
  /** Identifiers listed hold this text. */
  readonly find?: string;
  /** Column that the list of identifiers is sorted by, with `-` before it for descending. */
  readonly sort?: string;
  /** An act that is being prepared (pages/act). */
  readonly act?: string;
  /** Identifiers that an act is about, separated as pages/act says. */
  readonly ids?: string;
}

export function personSearchOf(given: Record<string, unknown>): PersonSearch {
  return {
    view: oneOf(['graph', 'list', 'links'], given.view),
    a: textOf(given.a),
    b: textOf(given.b),
    link: seqOf(given.link, 0),
    as_of_seq: seqOf(given.as_of_seq, 0),
    trait: textOf(given.trait),
    event: textOf(given.event),
    open: textOf(given.open),
    find: textOf(given.find),
    sort: textOf(given.sort),
    act: textOf(given.act),
    ids: textOf(given.ids),
  };
}

const from = '/e/$environment/people/$id';

export const usePersonSearch = (): PersonSearch => useSearch({ from });

/** Changes some of it. Each change takes the place of the one before in the browser's history: going back leaves the person. */
export function useChangeSearch(): (change: Partial<PersonSearch>) => void {
  const navigate = useNavigate({ from });
  return (change) => void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false });
}
