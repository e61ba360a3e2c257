import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function HealthPage() {
  return <Page title={texts.health.title} />;
}
