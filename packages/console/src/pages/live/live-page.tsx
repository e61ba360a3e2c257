import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function LivePage() {
  return <Page title={texts.live.title} />;
}
