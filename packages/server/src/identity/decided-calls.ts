import { type Answered, type ComponentId, isSteering, type Millis, type Operation, type Seq } from '@onym/core';
import { LRUCache } from 'lru-cache';
import { stringifyExact } from '../exact-json/stringify.ts';
import { limits } from '../limits.ts';
import { perEnvironment } from '../per-environment.ts';
import type { Commit } from './store.ts';

export interface DecidedCalls {
  /** The answer of a call that was seen to change nothing, while that is still true of all that is committed. */
  find(environment: string, operation: Operation, now: Millis): Answered | null;
  /** Learns from a commit: what it changed is forgotten, and calls that changed nothing are remembered. */
  learn(environment: string, operations: readonly Operation[], commit: Commit, now: Millis): void;
  /** Another node's commit changed these components. */
  changed(environment: string, touched: readonly ComponentId[], seq: Seq): void;
  /** Forgets everything up to a ledger row, also what is learned late of a commit before it. */
  forget(environment: string, seq: Seq): void;
}

interface Entry {
  readonly answer: Answered;
  /** The ledger seq at which it was true. */
  readonly seq: Seq;
}

interface Lane {
  readonly entries: LRUCache<string, Entry>;
  /** The seq of the last change, per component; of those no longer held it is at most `forgottenSeq`. */
  readonly changes: LRUCache<number, Seq>;
  forgottenSeq: Seq;
}

/**
 * Remembers calls that change nothing, so that their repeats touch no store. An answer holds while none of the identities it
 * names has changed since; how far that is known is bounded, and what is not known counts as changed.
 */
export function createDecidedCalls(callsMax: number = limits.decidedCallsMax): DecidedCalls {
  const lanes = perEnvironment((): Lane => {
    const lane: Lane = {
      entries: new LRUCache({ max: callsMax }),
      changes: new LRUCache({
        max: callsMax,
        dispose: (seq, _, reason) => {
          if (reason === 'evict') lane.forgottenSeq = Math.max(lane.forgottenSeq, seq);
        },
      }),
      forgottenSeq: 0,
    };
    return lane;
  });

  return {
    find(environment, operation, now) {
      const key = keyOf(operation, now);
      if (key === null) return null;
      const lane = lanes.of(environment);
      const entry = lane.entries.get(key);
      if (entry === undefined) return null;
      const isTrue = entry.answer.components.every(
        (component) => (lane.changes.get(component) ?? lane.forgottenSeq) <= entry.seq,
      );
      if (isTrue) return entry.answer;
      lane.entries.delete(key);
      return null;
    },

    changed(environment, touched, seq) {
      const { changes } = lanes.of(environment);
      for (const component of touched) changes.set(component, seq);
    },

    forget(environment, seq) {
      const lane = lanes.of(environment);
      lane.entries.clear();
      lane.changes.clear();
      lane.forgottenSeq = Math.max(lane.forgottenSeq, seq);
    },

    learn(environment, operations, { answers, touched, head }, now) {
      const lane = lanes.of(environment);
      if (operations.some(isSteering)) {
        // Settings and lifted separations bear on identities they do not touch.
        lane.entries.clear();
        return;
      }
      const changed = new Set(touched);
      for (const component of touched) lane.changes.set(component, head);
      for (const [index, operation] of operations.entries()) {
        const answer = answers[index]!;
        if ('error' in answer || answer.recorded || answer.components.length === 0) continue;
        // Within the commit a later call may have changed what this one was told.
        if (answer.components.some((component) => changed.has(component))) continue;
        const key = keyOf(operation, now);
        if (key !== null) lane.entries.set(key, { answer, seq: head });
      }
    },
  };
}

/** null for calls that are not remembered: traits with a timestamp may count the next time, for another reason than their value. */
function keyOf(operation: Operation, now: Millis): string | null {
  const { source } = operation;
  const sender = source.batch === null && !source.public ? '' : `${source.public ? 'p' : 's'}${source.batch ?? ''}`;
  switch (operation.op) {
    case 'identify': {
      if (operation.traits.length > 0 && operation.timestamp !== null && operation.timestamp > now) return null;
      const said =
        operation.traits.length === 0 ? '' : `${operation.timestamp ?? ''}${stringifyExact(operation.traits)}`;
      const name = operation.anonymous ? 'I' : 'i';
      return `${name}\u0000${operation.distinctId}\u0000${operation.anonymousId ?? ''}\u0000${sender}\u0000${said}`;
    }
    case 'alias':
      return `a\u0000${operation.primary}\u0000${operation.secondary}\u0000${sender}`;
    case 'track':
      return `t\u0000${operation.distinctId}\u0000${operation.anonymousId}\u0000${sender}`;
    default:
      return null;
  }
}
