import { useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { useEnvironment } from '../../shell/use-environment.ts';
import { texts } from '../../texts/texts.ts';
import { Findings } from './findings.tsx';
import { type HealthTab, healthTabs } from './health-tabs.ts';
import { Keys } from './keys.tsx';
import { Rejected } from './rejected.tsx';
import { Status } from './status.tsx';

const contents: Record<HealthTab, () => React.ReactNode> = {
  findings: Findings,
  status: Status,
  rejected: Rejected,
  keys: Keys,
};

export function HealthPage() {
  const environment = useEnvironment();
  const { tab = 'findings' } = useSearch({ from: '/e/$environment/health' });
  const Content = contents[tab];
  return (
    <Page title={texts.health.title}>
      <Tabs
        label={texts.health.tabs.label}
        current={tab}
        tabs={healthTabs.map((name) => ({
          name,
          label: texts.health.tabs[name],
          link: { to: '/e/$environment/health', params: { environment }, search: { tab: name } },
        }))}
      />
      <Content />
    </Page>
  );
}
