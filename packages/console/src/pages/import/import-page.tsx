import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function ImportPage() {
  return <Page title={texts.imports.title} />;
}
