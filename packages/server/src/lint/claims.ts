import { LRUCache } from 'lru-cache';
import { limits } from '../limits.ts';
import type { Findings } from './findings.ts';
import { type CallSite, type Example, lintThresholds } from './rules.ts';

/** Anonymous ids that were refused to a user because they belong to another: shared once several users were refused. */
export interface Claims {
  note(anonymousId: string, claimant: string, site: CallSite, example: Example): void;
  forget(ids: ReadonlySet<string>): void;
}

interface Claim {
  readonly claimants: Set<string>;
  /** Calls not yet known to break the rule, by the user they name; empty once they do. */
  waiting: Map<string, { site: CallSite; example: Example; count: number }>;
}

export function createClaims(findings: Findings): Claims {
  const claims = new LRUCache<string, Claim>({ max: limits.lintClaimedIdsMax });
  return {
    note(anonymousId, claimant, site, example) {
      let claim = claims.get(anonymousId);
      if (claim === undefined) {
        claim = { claimants: new Set(), waiting: new Map() };
        claims.set(anonymousId, claim);
      }
      const { claimants, waiting } = claim;
      if (claimants.size < limits.lintClaimantsMax) claimants.add(claimant);
      const number = claimants.size;
      if (number < lintThresholds.claimantsMin) {
        const count = 1 + (waiting.get(claimant)?.count ?? 0);
        waiting.set(claimant, { site, example, count });
        return;
      }
      for (const earlier of waiting.values()) {
        findings.note('shared-identifier', earlier.site, { ...earlier.example, number }, earlier.count);
      }
      waiting.clear();
      findings.note('shared-identifier', site, { ...example, number });
    },
    forget(ids) {
      for (const [anonymousId, { claimants }] of claims) {
        if (ids.has(anonymousId) || [...claimants].some((id) => ids.has(id))) claims.delete(anonymousId);
      }
    },
  };
}
