import { seqOf, textOf } from '../search-values.ts';

/** An act that is being prepared, in the address of whatever page it was opened over. */
export interface ActSearch {
  readonly act?: string;
  /** Two identifiers. */
  readonly a?: string;
  readonly b?: string;
  /** A link, by its ledger row. */
  readonly link?: number;
  /** Identifiers, one a line: no identifier of anybody holds a line break. */
  readonly ids?: string;
  /** A person, by any identifier. */
  readonly id?: string;
  /** `identity_id` where `id` is one. */
  readonly by?: string;
  readonly batch?: string;
  /** A ledger row that is to be undone. */
  readonly row?: number;
}

export function actSearchOf(given: Record<string, unknown>): ActSearch {
  return {
    act: textOf(given.act),
    a: textOf(given.a),
    b: textOf(given.b),
    link: seqOf(given.link),
    ids: textOf(given.ids),
    id: textOf(given.id),
    by: given.by === 'identity_id' ? 'identity_id' : undefined,
    batch: textOf(given.batch),
    row: seqOf(given.row),
  };
}

const separator = '\n';

export const textOfIds = (ids: readonly string[]): string => ids.join(separator);

export const idsOfText = (text: string): string[] => [...new Set(text.split(separator).filter((id) => id !== ''))];

/** The address without the act. On a page that has a selection of its own, `a`, `b` and `link` are that. */
export function withoutAct<Search extends ActSearch>(search: Search, keepsSelection: boolean): Search {
  const rest = {
    ...search,
    act: undefined,
    ids: undefined,
    id: undefined,
    by: undefined,
    batch: undefined,
    row: undefined,
  };
  return keepsSelection ? rest : { ...rest, a: undefined, b: undefined, link: undefined };
}
