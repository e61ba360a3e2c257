import type { ErrorComponentProps } from '@tanstack/react-router';
import { texts } from '../texts/texts.ts';
import { ErrorNote } from './error-note.tsx';
import { Page } from './page.tsx';

export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <Page title={texts.errors.somethingFailed}>
      <ErrorNote error={error} onRetry={reset} />
    </Page>
  );
}
