import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import { perEnvironment } from '../per-environment.ts';
import { type Call, type CallAnswer, type Ingest, type IngestOptions, isEvent, operationOf } from './types.ts';

export interface HeldSharesParts {
  readonly commits: Pick<Commits, 'rehearse'>;
  readonly identityStore: Pick<IdentityStore, 'heldBy' | 'shared'>;
  /** Held links of one publishable key that may wait for review; what is under way when they are reached comes to it. */
  readonly max: number;
  readonly now: () => number;
}

/** What is known of one key: held links when they were last counted, and those since. */
interface Share {
  held: number;
  countedAt: number;
  /** Some were held since, and other nodes, over which a page's calls are spread, may have held some too. */
  mayLack: boolean;
}

/** How late it may be seen that somebody has decided on some, or what other nodes have held. */
const countIntervalMs = 1_000;

/**
 * The same way in, with a share of the review queue for each publishable key: a page can't fill it beyond that. Evidence that would be held
 * past the share is answered with `review-queue-full` and leaves nothing in the ledger; the rest of its call stands, as does all that would
 * not be held.
 *
 * Nodes that share the queue do not ask each other before they hold a link: together they may go past the share by what they hold within a
 * second of each other, and by one request each that finds the others' links uncounted (docs/operating.md has the arithmetic).
 */
export function withHeldShares(ingest: Ingest, { commits, identityStore, max, now }: HeldSharesParts): Ingest {
  const shares = perEnvironment(() => new Map<string, Share>());

  function shareOf(environment: string, key: string): Share {
    const byKey = shares.of(environment);
    let share = byKey.get(key);
    if (share === undefined) {
      // As if it were full: it is counted before it matters.
      share = { held: max, countedAt: Number.NEGATIVE_INFINITY, mayLack: false };
      byKey.set(key, share);
    }
    return share;
  }

  /** How many more links may be held; at least what is asked for, unless it has been counted a moment ago. */
  async function roomIn(share: Share, environment: string, key: string, asked: number): Promise<number> {
    const isDue = share.mayLack || share.held + asked > max;
    if (isDue && Math.abs(now() - share.countedAt) >= countIntervalMs) {
      share.countedAt = now();
      share.mayLack = false;
      share.held = await identityStore.heldBy(environment, key);
    }
    return Math.max(0, max - share.held);
  }

  /** Which calls would be held, all but the first `room` of them. */
  async function pastShare(environment: string, calls: readonly Call[], room: number): Promise<ReadonlySet<number>> {
    const asked = [...calls.keys()].filter((index) => operationOf(calls[index]!) !== null);
    const operations = asked.map((index) => operationOf(calls[index]!)!);
    const { answers } = await commits.rehearse(environment, operations);
    const past = new Set<number>();
    /** Rows that there will not be; repeats in the same request would name them. */
    const missing = new Set<number | null>();
    let left = room;
    for (const [i, answer] of answers.entries()) {
      if ('error' in answer || answer.verdict !== 'held') continue;
      if (answer.recorded ? left-- > 0 : !missing.has(answer.seq)) continue;
      missing.add(answer.seq);
      past.add(asked[i]!);
    }
    return past;
  }

  async function submitOf(
    key: string,
    environment: string,
    calls: readonly Call[],
    options: IngestOptions,
  ): Promise<CallAnswer[]> {
    const share = shareOf(environment, key);
    const evidence = calls.filter(bearsEvidence).length;
    const room = await roomIn(share, environment, key, evidence);
    const past = evidence <= room ? none : await pastShare(environment, calls, room);
    const admitted = calls.flatMap((call, index) => (past.has(index) ? (withoutEvidence(call) ?? []) : [call]));
    const answers = admitted.length === 0 ? [] : await ingest.submit(environment, admitted, options);
    const newlyHeld = answers.filter(isNewlyHeld).length;
    share.held += newlyHeld;
    if (newlyHeld > 0 && identityStore.shared !== null) share.mayLack = true;
    if (past.size === 0) return answers;
    let next = 0;
    return calls.map((call, index): CallAnswer => {
      if (!past.has(index)) return answers[next++]!;
      const answer = withoutEvidence(call) === null ? null : answers[next++]!;
      // The event is kept; of a call, only a part was.
      return answer !== null && isEvent(call) ? answer : full(max);
    });
  }

  return {
    submit(environment, calls, options) {
      const key = options.dryRun ? null : publicKeyOf(calls);
      return key === null ? ingest.submit(environment, calls, options) : submitOf(key, environment, calls, options);
    },
  };
}

const none: ReadonlySet<number> = new Set();

const bearsEvidence = (call: Call): boolean =>
  isEvent(call) ? call.evidence !== null : call.op === 'alias' || call.anonymousId !== null;

/** The name of the publishable key that sent evidence among these; one request has one key. */
function publicKeyOf(calls: readonly Call[]): string | null {
  const call = calls.find((each) => each.source.public && bearsEvidence(each));
  return call?.source.key ?? null;
}

/** What is left of a call whose link is not to be asked for; null for one that is nothing else. */
function withoutEvidence(call: Call): Call | null {
  if (isEvent(call)) return { ...call, evidence: null };
  return call.op === 'identify' ? { ...call, anonymousId: null } : null;
}

function isNewlyHeld(answer: CallAnswer): boolean {
  if ('error' in answer) return false;
  if (!('link' in answer)) return answer.verdict === 'held' && answer.recorded;
  return answer.link !== null && answer.link.verdict === 'held' && answer.link.recorded;
}

const full = (max: number): CallAnswer => ({
  error: 'review-queue-full',
  message: `The link would be held for review, where ${max} of this key wait already. The call is kept among the dead letters, to be replayed once they are decided on.`,
});
