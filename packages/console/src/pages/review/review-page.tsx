import { Page } from '../../components/page.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { BulkPanel } from './bulk-panel.tsx';
import { Conflicts } from './conflicts.tsx';
import { HeldLinks } from './held-links.tsx';
import { useReview } from './use-review.ts';

export function ReviewPage() {
  const environment = useEnvironment();
  const { list, bulk } = useReview();
  const link = (conflicts: boolean) => ({
    to: '/e/$environment/review' as const,
    params: { environment },
    search: conflicts ? ({ list: 'conflicts' } as const) : {},
  });
  return (
    <Page title={texts.review.title}>
      <Tabs
        label={texts.review.tabs.label}
        current={list ?? 'held'}
        tabs={[
          { name: 'held', label: texts.review.tabs.held, link: link(false) },
          { name: 'conflicts', label: texts.review.tabs.conflicts, link: link(true) },
        ]}
      />
      {list === 'conflicts' ? <Conflicts key={environment} /> : <HeldLinks key={environment} />}
      {bulk !== undefined && <BulkPanel act={bulk} />}
    </Page>
  );
}
