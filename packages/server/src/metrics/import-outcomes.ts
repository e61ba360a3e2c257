import type { Imports } from '../import/imports.ts';
import type { Counts } from '../import/types.ts';
import type { WordTally } from './tallies.ts';

export interface ImportTally {
  /** By kind (`import`, `dry-run`) and outcome (`done`, `failed`, `broken-off`). */
  readonly outcomes: Pick<WordTally, 'add'>;
  /** By kind and verdict. */
  readonly rows: Pick<WordTally, 'add'>;
}

/** The same imports, counted: each with what came of it, and its rows while they are applied. */
export function withImportOutcomes(imports: Imports, { outcomes, rows }: ImportTally): Imports {
  return {
    ...imports,
    async *run(environment, body, options) {
      const kind = options.dryRun ? 'dry-run' : 'import';
      let outcome = 'broken-off';
      /** An import that goes on tells the rows of the run before as well. */
      let told: Counts | null = null;
      const count = (counts: Counts) => {
        for (const verdict of Object.keys(counts) as (keyof Counts)[]) {
          const fresh = counts[verdict] - (told ?? counts)[verdict];
          if (fresh > 0) rows.add(kind, verdict, fresh);
        }
        told = { ...counts };
      };
      try {
        for await (const event of imports.run(environment, body, options)) {
          if (event.type === 'started' && event.resumed_after_line === 0) told = none;
          if (event.type === 'progress' || (event.type === 'done' && !event.finished_before)) count(event.counts);
          // Before it is handed on: who has the last line may well not come back for more.
          if (event.type === 'done') outcome = 'done';
          yield event;
        }
      } catch (error) {
        outcome = 'failed';
        throw error;
      } finally {
        outcomes.add(kind, outcome);
      }
    },
  };
}

const none: Counts = { applied: 0, unchanged: 0, refused: 0, held: 0, invalid: 0 };
