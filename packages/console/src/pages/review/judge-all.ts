import type { Performed } from '../../acts/perform.ts';
import { perform } from '../../acts/perform.ts';

/** What deciding on a link would do; null where the server could not say. */
export interface Judgement {
  readonly link: number;
  readonly dryRun: Performed | null;
}

const atATime = 4;

/** Asks what deciding on each would do, a few at a time. Rejects when it is aborted. */
export async function judgeAll(
  environment: string,
  name: 'approve' | 'reject',
  links: readonly number[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  const waiting = [...links];
  const work = async () => {
    for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
      const dryRun = await perform(environment, { name, link }, { dryRun: true, signal }).catch((error: unknown) => {
        if (signal.aborted) throw error;
        return null;
      });
      judgements.push({ link, dryRun });
      onProgress(judgements.length);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return judgements.sort((a, b) => a.link - b.link);
}

/** How many links would come to which verdict, and what moves with those that would be applied. */
export function summaryOf(judgements: readonly Judgement[]) {
  const counts = { applied: 0, unchanged: 0, refused: 0, held: 0, failed: 0 };
  let ids = 0;
  let events = 0;
  for (const { dryRun } of judgements) {
    counts[(dryRun?.verdict ?? 'failed') as keyof typeof counts]++;
    if (dryRun?.verdict !== 'applied') continue;
    ids += dryRun.radius?.identifiers.moved ?? 0;
    events += dryRun.radius?.events ?? 0;
  }
  return { counts, ids, events };
}
