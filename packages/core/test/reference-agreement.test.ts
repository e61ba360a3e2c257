import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReference, fullOptions, histories, resolveStep, startSettings } from '../src/testing/index.ts';
import { compareWithReference, createEngine } from './differential.ts';
import { runs } from './runs.ts';

it('answers and state agree with the naive reference after every call', () => {
  fc.assert(
    fc.property(startSettings, histories(fullOptions), (settings, history) => {
      const engine = createEngine(settings);
      const reference = createReference(settings);
      for (const [index, step] of history.entries()) {
        const operation = resolveStep(step, engine);
        const ours = engine.submit(operation, step.now);
        const naive = reference.submit(operation, step.now);
        const where = `call ${index}: ${JSON.stringify(operation)}`;
        if ('error' in naive || 'error' in ours) {
          expect({ error: 'error' in ours && ours.error }, where).toEqual({ error: 'error' in naive && naive.error });
          continue;
        }
        const { verdict, reason, recorded } = ours;
        expect({ verdict, reason, recorded }, where).toEqual({
          verdict: naive.verdict,
          reason: naive.reason,
          recorded: naive.recorded,
        });
        // Which earlier row a repeat names is the engine's to say where a call consists of several facts.
        if (recorded || operation.op === 'alias' || operation.op === 'track') expect(ours.seq, where).toBe(naive.seq);
        const compared = compareWithReference(engine.state, reference);
        expect(compared.engine, where).toEqual(compared.naive);
      }
    }),
    runs(),
  );
});
