import { texts } from '../../texts/texts.ts';

/** Why a link was refused or held, in words; a reason that this console does not know, as it is. */
export const reasonText = (reason: string | null): string =>
  reason === null ? '' : (texts.person.reasons[reason] ?? reason);
