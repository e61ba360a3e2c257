import { isolatedId } from '../components/isolated-id.ts';
import { texts } from '../texts/texts.ts';
import type { Act } from './act.ts';
import type { Performed } from './perform.ts';

/** What was done, for the toast. */
export function doneWordsOf(act: Act, { revoked }: Pick<Performed, 'revoked'>): string {
  const { done } = texts.act;
  switch (act.name) {
    case 'alias':
    case 'separate':
    case 'lift':
      return done[act.name](isolatedId(act.a), isolatedId(act.b));
    case 'approve':
    case 'reject':
      return done[act.name](act.link);
    case 'revert':
      return done.revert(revoked);
    default:
      return done[act.name];
  }
}
