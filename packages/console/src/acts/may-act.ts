import type { Act } from './act.ts';
import type { Performed } from './perform.ts';

/** Whether there is anything to do. An approval that the next rail holds is one: the rail can be waived in its turn. */
export const mayAct = ({ name }: Act, { verdict }: Performed): boolean =>
  verdict === 'applied' || (verdict === 'held' && name === 'approve');
