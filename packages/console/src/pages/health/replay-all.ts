import { answered, api } from '../../api/client.ts';

interface Selection {
  readonly environment: string;
  readonly all: true;
  readonly error_code?: string;
}

/** Has every rejected item of a selection read again, a thousand a request. */
export async function replayAll(selection: Selection): Promise<{ replayed: number; failed: number }> {
  const sum = { replayed: 0, failed: 0 };
  let next: string | undefined;
  do {
    const answer = await answered(api.POST('/v1/dead-letters/replay', { body: { ...selection, next } }));
    sum.replayed += answer.replayed;
    sum.failed += answer.failed;
    next = answer.next ?? undefined;
  } while (next !== undefined);
  return sum;
}
