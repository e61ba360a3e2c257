import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAct } from '../../acts/use-act.ts';
import type { ReviewSearch } from './route.ts';
import { seqsOf, textOfSeqs, toggled } from './selection.ts';

const from = '/e/$environment/review';

/** What the page's address says, and how to change it. */
export function useReview() {
  const search = useSearch({ from });
  const navigate = useNavigate({ from });
  const { open } = useAct();
  const change = (next: ReviewSearch) =>
    void navigate({ search: (now) => ({ ...now, ...next }), replace: true, resetScroll: false });
  const selected = seqsOf(search.selected);
  return {
    list: search.list,
    bulk: search.bulk,
    selected,
    /** A panel is over the list: its keys are those of the panel. */
    isCovered: search.act !== undefined || search.bulk !== undefined,
    select: (seqs: readonly number[]) => change({ selected: textOfSeqs(seqs) }),
    toggle: (seq: number) => change({ selected: textOfSeqs(toggled(selected, seq)) }),
    startBulk: (bulk: ReviewSearch['bulk']) => change({ bulk }),
    endBulk: (keep: boolean) => change(keep ? { bulk: undefined } : { bulk: undefined, selected: undefined }),
    preview: (seq: number) => open({ act: 'review', link: seq }),
  };
}
