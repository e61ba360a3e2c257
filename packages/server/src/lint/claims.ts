import { LRUCache } from 'lru-cache';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import type { Findings } from './findings.ts';
import { type CallSite, type Example, lintThresholds } from './rules.ts';

/** Anonymous ids that were refused to a user because they belong to another: shared once several users were refused. */
export interface Claims {
  /** True when it has to be inspected: of the users it was refused to, some may have asked another node. */
  observe(anonymousId: string, claimant: string, site: CallSite, example: Example): boolean;
  /** Looks in the ledger for users that other nodes refused the id to. Notes nothing when it rejects. */
  inspect(anonymousId: string): Promise<void>;
  forget(ids: ReadonlySet<string>): void;
}

interface Claim {
  readonly claimants: Set<string>;
  /** Calls not yet known to break the rule, by the user they name; empty once they do. */
  readonly waiting: Map<string, { site: CallSite; example: Example; count: number }>;
}

export const claimReason = 'anonymous-id-belongs-to-another-identity';

export function createClaims(
  environment: string,
  findings: Findings,
  identityStore: Pick<IdentityStore, 'recorded' | 'shared'>,
): Claims {
  const claims = new LRUCache<string, Claim>({ max: limits.lintClaimedIdsMax });
  const isShared = ({ claimants }: Claim): boolean => claimants.size >= lintThresholds.claimantsMin;

  function add({ claimants }: Claim, claimant: string): void {
    if (claimants.size < limits.lintClaimantsMax) claimants.add(claimant);
  }

  function noteWaiting({ claimants, waiting }: Claim): void {
    for (const { site, example, count } of waiting.values()) {
      findings.note('shared-identifier', site, { ...example, number: claimants.size }, count);
    }
    waiting.clear();
  }

  return {
    observe(anonymousId, claimant, site, example) {
      let claim = claims.get(anonymousId);
      if (claim === undefined) {
        claim = { claimants: new Set(), waiting: new Map() };
        claims.set(anonymousId, claim);
      }
      const { claimants, waiting } = claim;
      const isNew = !claimants.has(claimant);
      add(claim, claimant);
      if (!isShared(claim)) {
        waiting.set(claimant, { site, example, count: 1 + (waiting.get(claimant)?.count ?? 0) });
        // Where this process alone writes the ledger, it has seen whatever there was to see.
        return isNew && identityStore.shared !== null;
      }
      noteWaiting(claim);
      findings.note('shared-identifier', site, { ...example, number: claimants.size });
      return false;
    },
    async inspect(anonymousId) {
      const claim = claims.peek(anonymousId);
      if (claim === undefined || isShared(claim)) return;
      const { links } = await identityStore.recorded(environment, anonymousId);
      for (const { primary, secondary, verdict, reason } of links) {
        if (secondary === anonymousId && verdict === 'refused' && reason === claimReason) add(claim, primary);
      }
      if (isShared(claim)) noteWaiting(claim);
    },
    forget(ids) {
      for (const [anonymousId, { claimants }] of claims) {
        if (ids.has(anonymousId) || [...claimants].some((id) => ids.has(id))) claims.delete(anonymousId);
      }
    },
  };
}
