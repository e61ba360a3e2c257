import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function SqlPage() {
  return <Page title={texts.sql.title} />;
}
