import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';

export function ReviewPage() {
  return <Page title={texts.review.title} />;
}
