import {
  defaultSettings,
  isTrackEvidence,
  type Operation,
  type Settings,
  type Source,
  type TraitInput,
  type TraitKind,
} from '@onym/core';
import { expect } from 'vitest';
import { formsAt } from '../src/state.ts';
import { createReference, type ReferenceOutcome } from '../src/testing/index.ts';
import { compareWithReference, createEngine } from './differential.ts';

export interface Extra {
  batch?: string;
  pk?: boolean;
  at?: number | null;
  once?: Record<string, TraitInput['value']>;
  traits?: Record<string, TraitInput['value']>;
}

export function source({ batch, pk }: Extra): Source {
  return { key: pk ? 'pk_1' : 'sk_1', lib: null, batch: batch ?? null, public: pk ?? false };
}

/** A reference with short names, and the engine beside it, which must answer and hold the same; the clock goes 1, 2, 3… with each call. */
export function world(settings: Partial<Settings> = {}) {
  const model = createReference({ ...defaultSettings, ...settings });
  const engine = createEngine({ ...defaultSettings, ...settings });
  let now = 0;
  const submit = (operation: Operation): ReferenceOutcome => {
    const outcome = model.submit(operation, ++now);
    if ('error' in outcome) throw new Error(outcome.error);
    // The engine is not asked about ids that are no evidence: its caller sees to that.
    if (
      operation.op === 'track' &&
      !isTrackEvidence(operation.distinctId, operation.anonymousId, formsAt(engine.state))
    )
      return outcome;
    const { verdict, reason, recorded } = outcome;
    expect(engine.submit(operation, now)).toMatchObject({ verdict, reason, recorded });
    const compared = compareWithReference(engine.state, model);
    expect(compared.engine).toEqual(compared.naive);
    return outcome;
  };
  const asked = (extra: Extra) => ({ timestamp: extra.at ?? null, source: source(extra) });
  return {
    ...model,
    engine,
    identify(distinctId: string, anonymousId: string | null = null, extra: Extra = {}) {
      const inputs = (values: Extra['traits'], kind: TraitKind) =>
        Object.entries(values ?? {}).map(([key, value]) => ({ key, value, kind }));
      const traits = [...inputs(extra.traits, 'plain'), ...inputs(extra.once, 'once')];
      return submit({ op: 'identify', distinctId, anonymousId, traits, ...asked(extra) });
    },
    alias: (primary: string, secondary: string, extra: Extra = {}) =>
      submit({ op: 'alias', kind: 'alias', primary, secondary, ...asked(extra) }),
    track: (distinctId: string, anonymousId: string, extra: Extra = {}) =>
      submit({ op: 'track', distinctId, anonymousId, ...asked(extra) }),
    split: (link: number) => submit({ op: 'split', target: { link }, ...asked({}) }),
    introduce: (anonymousId: string, traits: Record<string, TraitInput['value']>, extra: Extra = {}) =>
      submit({
        op: 'identify',
        distinctId: anonymousId,
        anonymous: true,
        anonymousId: null,
        traits: Object.entries(traits).map(([key, value]) => ({ key, value, kind: 'plain' })),
        ...asked(extra),
      }),
    splitSet: (...ids: string[]) => submit({ op: 'split', target: { ids }, ...asked({}) }),
    splitPair: (a: string, b: string) => submit({ op: 'split', target: { a, b }, ...asked({}) }),
    separate: (a: string, b: string) => submit({ op: 'separate', a, b, ...asked({}) }),
    lift: (a: string, b: string) => submit({ op: 'lift', a, b, ...asked({}) }),
    approve: (link: number) => submit({ op: 'approve', link, ...asked({}) }),
    reject: (link: number) => submit({ op: 'reject', link, ...asked({}) }),
    settings: (changed: Partial<Settings>) =>
      submit({ op: 'settings', settings: { ...defaultSettings, ...changed }, ...asked({}) }),
    revertBatch(batch: string, separate = false) {
      const seqs = model
        .rows()
        .filter((row) => row.operation.source.batch === batch)
        .map((row) => row.seq);
      return submit({ op: 'revert', scope: { batch }, seqs, separate, ...asked({}) });
    },
    profile: (id: string) => Object.fromEntries([...model.traits(id)].map(([key, trait]) => [key, trait.value])),
    status: (seq: number) => model.links().find((link) => link.seq === seq)?.status,
    standing: () =>
      model
        .separations()
        .filter((separation) => separation.liftedSeq === null)
        .map((separation) => separation.pair.join(' ')),
  };
}
