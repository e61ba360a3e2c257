import {
  type Answered,
  type BlastRadius,
  type Link,
  mergeRadii,
  type Operation,
  type OperationError,
  type Seq,
} from '@onym/core';
import { OnymError } from '../errors.ts';
import type { EventStore } from '../events/types.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import type { Projector } from '../projector/projector.ts';
import { describeRadius } from './blast-radius.ts';
import { groupConflicts } from './conflicts.ts';
import type { ReviewItem, Steering, SteeringAnswer, SteeringOperation } from './types.ts';

export interface SteeringParts {
  readonly identityStore: IdentityStore;
  readonly reads: Pick<EventStore, 'counts'>;
  readonly commits: Pick<Commits, 'submit' | 'rehearse' | 'settled'>;
  readonly projector: Pick<Projector, 'sync'>;
  /** Hears of each batch that was taken back. */
  readonly onReverted?: (environment: string, batch: string) => Promise<void>;
}

const manual = { key: null, lib: null, batch: null, public: false } as const;

/** Taking back, previewing and reviewing: what changes identities other than by evidence. */
export function createSteering(parts: SteeringParts): Steering {
  const { identityStore, reads, commits, projector } = parts;

  async function rehearse(environment: string, operation: Operation) {
    const { answers, facts, radii } = await commits.rehearse(environment, [operation]);
    return { answer: judged(answers[0]!), fact: facts[0] ?? null, radius: radii[0]! };
  }

  async function commit(environment: string, operation: Operation) {
    const { answers, facts } = await commits.submit(environment, [operation]);
    return { answer: judged(answers[0]!), fact: facts[0] ?? null, radius: null };
  }

  async function preview(environment: string, operation: SteeringOperation): Promise<SteeringAnswer> {
    const { answer, fact, radius } = await rehearse(environment, operation);
    const ends = await endsOf(environment, operation);
    return {
      answer,
      fact,
      blastRadius: await describeRadius(environment, radius, reads),
      stillConnected: ends !== null && staysOne(radius, ends),
      path: [],
    };
  }

  /** The two identifiers that a split is about; null for anything else, a set included: nothing joins it to the rest any more. */
  async function endsOf(environment: string, operation: SteeringOperation): Promise<[string, string] | null> {
    if (operation.op !== 'split') return null;
    const { target } = operation;
    if ('ids' in target) return null;
    if (!('link' in target)) return [target.a, target.b];
    const link = await identityStore.link(environment, target.link);
    return link === null ? null : [link.primary, link.secondary];
  }

  async function apply(environment: string, operation: SteeringOperation, sync: boolean): Promise<SteeringAnswer> {
    const { answer, fact } = await commit(environment, operation);
    const ends = await endsOf(environment, operation);
    const connection = ends === null ? null : await identityStore.explain(environment, ...ends);
    if (sync) await projector.sync(environment);
    return {
      answer,
      fact,
      blastRadius: null,
      stillConnected: connection?.same ?? false,
      path: connection?.path ?? [],
    };
  }

  async function radiusOfApproval(environment: string, link: Link) {
    const operation = { op: 'approve', link: link.seq, timestamp: null, source: manual } as const;
    const { radius } = await rehearse(environment, operation);
    return describeRadius(environment, radius, reads);
  }

  return {
    run: (environment, operation, { dryRun, sync }) =>
      dryRun ? preview(environment, operation) : apply(environment, operation, sync),

    async linkAgain(environment, seq) {
      const link = await identityStore.link(environment, seq);
      if (link === null) {
        throw new OnymError(
          'not-found',
          `There is no link ${seq} in this environment. Links are named by the seq of their ledger row.`,
        );
      }
      if (link.status !== 'revoked' && link.status !== 'rejected')
        throw new OnymError('invalid-payload', notTakenBack(link));
      const { rule, primary, secondary, waived } = link;
      return { op: 'link', kind: 'manual', rule, primary, secondary, waived, guarded: false };
    },

    async revert(environment, scope, { separate, dryRun, sync, source }) {
      // What was sent before this is taken back too, where it is still under way.
      await commits.settled(environment);
      const groups = await identityStore.rowsOf(environment, scope, limits.revertRowsPerCommit);
      if (groups.length === 0) throw new OnymError('not-found', nothingIn(scope));
      const operations = groups.map(
        (seqs) => ({ op: 'revert', scope, seqs, separate, timestamp: null, source }) as const,
      );
      const seqs: Seq[] = [];
      const radii: BlastRadius[] = [];
      let revoked = 0;
      let separations = 0;
      for (const operation of operations) {
        const { fact, radius } = await (dryRun ? rehearse : commit)(environment, operation);
        if (radius !== null) radii.push(mergeRadii([radius], limits.blastRadiusListedMax));
        if (fact?.op !== 'revert') continue;
        if (!dryRun) seqs.push(fact.seq);
        revoked += fact.revoked.length;
        separations += fact.separations.length;
      }
      if (!dryRun && 'batch' in scope) await parts.onReverted?.(environment, scope.batch);
      if (sync && !dryRun) await projector.sync(environment);
      const merged = mergeRadii(radii, limits.blastRadiusListedMax);
      return {
        verdict: revoked > 0 ? 'applied' : 'unchanged',
        seqs,
        revoked,
        separations,
        blastRadius: dryRun ? await describeRadius(environment, merged, reads) : null,
      };
    },

    async review(environment, { withRadius, ...page }) {
      const links = await identityStore.waiting(environment, 'held', page);
      const repeats = await identityStore.repeats(
        environment,
        links.map(({ seq }) => seq),
      );
      const items: ReviewItem[] = [];
      for (const link of links) {
        const blastRadius = withRadius ? await radiusOfApproval(environment, link) : null;
        items.push({ link, repeats: repeats.get(link.seq)?.count ?? 0, blastRadius });
      }
      return items;
    },

    async conflicts(environment, { before, limit }) {
      const links = await identityStore.waiting(environment, 'refused', { before, limit: limits.conflictLinksPerPage });
      const repeats = await identityStore.repeats(
        environment,
        links.map(({ seq }) => seq),
      );
      return groupConflicts(links, repeats, limit, limits.conflictLinksPerPage);
    },
  };
}

function notTakenBack({ seq, status }: Link): string {
  if (status === 'active') return `Link ${seq} stands: there is nothing to make again.`;
  if (status === 'approved')
    return `Link ${seq} was approved: the link that its approval made is the one to make again.`;
  return `Link ${seq} is ${status}. Decide on it: POST /v1/links/${seq}/approve, or /reject.`;
}

/** Throws OnymError `not-found`, which is all that the engine turns steering down for. */
function judged(answer: Answered | OperationError): Answered {
  if ('error' in answer) throw new OnymError('not-found', answer.message);
  return answer;
}

/** After what would be done, both are found under one canonical id. */
function staysOne(radius: BlastRadius, [a, b]: readonly [string, string]): boolean {
  return radius.after.some(({ identifiers }) => identifiers.includes(a) && identifiers.includes(b));
}

function nothingIn(scope: Parameters<Steering['revert']>[1]): string {
  if ('batch' in scope) {
    return `No call was ever recorded in a batch named ${JSON.stringify(scope.batch)}. The ledger's rows name their batch in source.`;
  }
  return `The key ${JSON.stringify(scope.key)} recorded nothing in that span of time. The ledger's rows name their key in source.`;
}
