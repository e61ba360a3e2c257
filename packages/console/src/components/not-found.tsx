import { texts } from '../texts/texts.ts';
import { Note } from './note.tsx';
import { Page } from './page.tsx';

export function NotFound() {
  return (
    <Page title={texts.errors.notFound}>
      <Note>{texts.errors.notFoundHint}</Note>
    </Page>
  );
}
