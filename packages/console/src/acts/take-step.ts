import { isApiError } from '../api/api-error.ts';
import { answered, api } from '../api/client.ts';
import { type Performed, perform } from './perform.ts';
import type { UndoStep } from './undo-steps.ts';

/** What came of a step of an undo. `skipped`: there was nothing to do any more. */
export interface StepTaken {
  readonly outcome: 'done' | 'skipped' | 'failed';
  readonly reason: string | null;
  readonly seqs: readonly number[];
}

const skipped: StepTaken = { outcome: 'skipped', reason: null, seqs: [] };

const takenOf = ({ verdict, reason, seqs }: Performed): StepTaken => {
  if (verdict === 'applied') return { outcome: 'done', reason: null, seqs };
  return verdict === 'unchanged' ? skipped : { outcome: 'failed', reason, seqs };
};

/** Throws an ApiError where the server could not judge it. */
export async function takeStep(environment: string, step: UndoStep): Promise<StepTaken> {
  const run = { dryRun: false };
  switch (step.does) {
    case 'split': {
      const split = await perform(environment, { name: 'split', target: { link: step.link } }, run);
      const lifted = await liftAll(environment, split);
      return { ...takenOf(split), seqs: [...split.seqs, ...lifted] };
    }
    case 'lift':
      if (!(await stands(environment, step))) return skipped;
      return takenOf(await perform(environment, { name: 'lift', a: step.a, b: step.b }, run));
    case 'separate':
      return takenOf(await perform(environment, { name: 'separate', a: step.a, b: step.b }, run));
    case 'link':
      return makeAgain(environment, step.link);
    case 'put-back':
      return putBack(environment, step.link);
  }
}

/** Lifts the separations that a split has just left. */
export async function liftAll(environment: string, { separations }: Performed): Promise<number[]> {
  const seqs: number[] = [];
  for (const { a, b } of separations) {
    seqs.push(...(await perform(environment, { name: 'lift', a, b }, { dryRun: false })).seqs);
  }
  return seqs;
}

async function stands(environment: string, { a, b, leftBy }: Extract<UndoStep, { does: 'lift' }>): Promise<boolean> {
  const { separations } = await answered(api.GET('/v1/explain', { params: { query: { environment, a, b } } }));
  const isPair = (one: string, other: string) => (one === a && other === b) || (one === b && other === a);
  return separations.some((separation) => isPair(separation.a, separation.b) && separation.seq === leftBy);
}

const linkAgain = (environment: string, link: number, dryRun: boolean) =>
  answered(api.POST('/v1/links', { params: { query: { dry_run: dryRun } }, body: { environment, link } })).catch(
    (error: unknown) => {
      // It has been made again, or decided on, by somebody else.
      if (isApiError(error) && error.code === 'invalid-payload') return null;
      throw error;
    },
  );

/** A link that a rail holds now was good before: the rail is waived, as it would be in review. */
async function makeAgain(environment: string, link: number): Promise<StepTaken> {
  const answer = await linkAgain(environment, link, false);
  if (answer === null) return skipped;
  const { verdict, reason = null, seq } = answer;
  if (verdict === 'held' && seq !== null)
    return takenOf(await perform(environment, { name: 'approve', link: seq }, { dryRun: false }));
  return { outcome: verdict === 'refused' ? 'failed' : 'done', reason, seqs: seq === null ? [] : [seq] };
}

/** Only where it would be held: a link that a publishable key asked for would be applied, now that a secret key asks. */
async function putBack(environment: string, link: number): Promise<StepTaken> {
  if ((await linkAgain(environment, link, true))?.verdict !== 'held') return skipped;
  const answer = await linkAgain(environment, link, false);
  return answer === null ? skipped : { outcome: 'done', reason: null, seqs: answer.seq === null ? [] : [answer.seq] };
}
