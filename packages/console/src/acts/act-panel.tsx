import { lazy, Suspense } from 'react';
import { texts } from '../texts/texts.ts';
import { useAct } from './use-act.ts';

const Opened = lazy(() => import('./opened-act.tsx').then(({ OpenedAct }) => ({ default: OpenedAct })));

/** The act of the address, over whatever page it was opened from. Mounted once, by the shell. */
export function ActPanel() {
  const { act } = useAct().search;
  if (act === undefined || !Object.hasOwn(texts.act.titles, act)) return null;
  return (
    <Suspense fallback={null}>
      <Opened />
    </Suspense>
  );
}
