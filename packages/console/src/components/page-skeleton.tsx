import { texts } from '../texts/texts.ts';
import { Page } from './page.tsx';
import { Skeleton } from './skeleton.tsx';

export function PageSkeleton() {
  return (
    <Page>
      <p role="status" className="visually-hidden">
        {texts.shell.loading}
      </p>
      <Skeleton width={240} height={22} />
      <Skeleton height={320} />
    </Page>
  );
}
