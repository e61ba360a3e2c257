import type { KeptLetter } from './dead-letter-table.ts';

/** A letter as SQL has it. */
export interface LetterRow {
  readonly id: number;
  readonly call: KeptLetter['call'];
  readonly environment: string | null;
  readonly key: string;
  readonly received_at: number;
  readonly error_code: KeptLetter['errorCode'];
  readonly message: string;
  readonly item: string;
}

export function letterOf({ received_at, error_code, ...row }: LetterRow): KeptLetter {
  return { ...row, receivedAt: received_at, errorCode: error_code };
}
