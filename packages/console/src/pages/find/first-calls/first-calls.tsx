import { useState } from 'react';
import { useEnvironment } from '../../../shell/use-environment.ts';
import { useRecent } from '../use-recent.ts';
import { Steps } from './steps.tsx';

/** An environment of fewer people than this is at its beginning. */
const beginningMax = 3;

/** The calls to make first, where an environment is at its beginning. They stay for as long as somebody looks at them. */
export function FirstCalls() {
  const environment = useEnvironment();
  const { items, isPending, hasNextPage, error } = useRecent(environment);
  const [shownFor, setShownFor] = useState<string | null>(null);
  const isBeginning = !isPending && error === null && !hasNextPage && items.length < beginningMax;
  if (isBeginning && shownFor !== environment) setShownFor(environment);
  return shownFor === environment ? <Steps /> : null;
}
