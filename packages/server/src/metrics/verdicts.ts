import { type Ingest, isEvent } from '../ingest/types.ts';
import type { WordTally } from './tallies.ts';

/** Calls that the engine could not judge, or was not asked to. */
const failed = 'error';

/** The same way in, with every answer counted by call and verdict; dry runs are none. */
export function withVerdicts(ingest: Ingest, verdicts: Pick<WordTally, 'add'>): Ingest {
  return {
    async submit(environment, calls, options) {
      const answers = await ingest.submit(environment, calls, options);
      if (options.dryRun) return answers;
      for (const [index, answer] of answers.entries()) {
        const call = calls[index]!;
        verdicts.add(isEvent(call) ? 'track' : call.op, 'error' in answer ? failed : answer.verdict);
      }
      return answers;
    },
  };
}
