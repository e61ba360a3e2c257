import { type Ingest, isEvent } from '../ingest/types.ts';
import type { WordTally } from './tallies.ts';

/** Calls that the engine could not judge, or was not asked to. */
const failed = 'error';

/** The same way in, with every answer counted by call and verdict; dry runs are none. */
export function withVerdicts(ingest: Ingest, verdicts: Pick<WordTally, 'add'>): Ingest {
  return {
    submit(environment, calls, options) {
      const submitted = ingest.submit(environment, calls, options);
      if (options.dryRun) return submitted;
      return submitted.then((answers) => {
        for (let index = 0; index < answers.length; index++) {
          const call = calls[index]!;
          const answer = answers[index]!;
          verdicts.add(isEvent(call) ? 'track' : call.op, 'error' in answer ? failed : answer.verdict);
        }
        return answers;
      });
    },
  };
}
