import { Button } from '../../components/button.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { texts } from '../../texts/texts.ts';
import type { Recent } from './use-recent.ts';

const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const lineHeight = 33;

/** Below recent people: those before, or the lines to come. */
export function RecentMore({ recent }: { readonly recent: Recent }) {
  if (recent.isPending) return lines.map((line) => <Skeleton key={line} height={lineHeight} />);
  if (!recent.hasNextPage) return null;
  return (
    <div>
      <Button disabled={recent.isFetching} onClick={() => void recent.fetchNextPage()}>
        {texts.find.more}
      </Button>
    </div>
  );
}
