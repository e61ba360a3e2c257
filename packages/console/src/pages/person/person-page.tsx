import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function PersonPage() {
  return <Page title={texts.person.title} />;
}
