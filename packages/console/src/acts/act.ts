import { type ActSearch, idsOfText } from './act-search.ts';

/** What a split is about, as the API takes it. */
export type SplitTarget =
  | { readonly link: number }
  | { readonly distinct_id: string; readonly from: string }
  | { readonly distinct_ids: string[] };

/** An act of which all is known that the server needs. */
export type Act =
  | { readonly name: 'alias' | 'separate' | 'lift'; readonly a: string; readonly b: string }
  | { readonly name: 'split'; readonly target: SplitTarget }
  | { readonly name: 'approve' | 'reject'; readonly link: number }
  | { readonly name: 'revert'; readonly batch: string }
  | { readonly name: 'erase'; readonly id: string; readonly by: 'distinct_id' | 'identity_id' };

export const byOf = ({ by }: ActSearch) => (by === 'identity_id' ? 'identity_id' : 'distinct_id');

/** Null while something is missing; a form asks for it. */
export function actOf(search: ActSearch): Act | null {
  const { act: name, a, b, link, batch, id } = search;
  switch (name) {
    case 'alias':
    case 'separate':
    case 'lift':
      return a === undefined || b === undefined ? null : { name, a, b };
    case 'split':
      return splitOf(search);
    case 'approve':
    case 'review':
      return link === undefined ? null : { name: 'approve', link };
    case 'reject':
      return link === undefined ? null : { name, link };
    case 'revert':
      return batch === undefined ? null : { name, batch };
    case 'erase':
      return id === undefined ? null : { name, id, by: byOf(search) };
    default:
      return null;
  }
}

/** What is said most exactly goes first: ids that were listed, then a link, then two that were selected. */
function splitOf({ ids, link, a, b }: ActSearch): Act | null {
  if (ids !== undefined) return { name: 'split', target: { distinct_ids: idsOfText(ids) } };
  if (link !== undefined) return { name: 'split', target: { link } };
  if (a !== undefined && b !== undefined) return { name: 'split', target: { distinct_id: a, from: b } };
  return null;
}
