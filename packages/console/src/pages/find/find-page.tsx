import { Page } from '../../components/page.tsx';
import { texts } from '../../texts/texts.ts';
import { FindBox } from './find-box.tsx';
import { FirstCalls } from './first-calls/first-calls.tsx';

export function FindPage() {
  return (
    <Page title={texts.find.title}>
      <FindBox />
      <FirstCalls />
    </Page>
  );
}
