import type { Find } from '../../finding/use-find.ts';
import { texts } from '../../texts/texts.ts';

/** What was found so far, in words. */
export function statusOf({ items, isPending, hasMore, error }: Find): string {
  if (error !== null) return '';
  if (isPending) return texts.find.searching;
  const found = items.filter(({ type }) => type !== 'id').length;
  if (hasMore) return texts.find.foundMore(found);
  return found === 0 ? texts.find.nothing : texts.find.found(found);
}
