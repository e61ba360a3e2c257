import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function FindPage() {
  return <Page title={texts.find.title} />;
}
