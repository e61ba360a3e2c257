import type { EvidenceFact, Fact } from '@onym/core';

/** What a ledger row did, for readers of the feed who do not want to know every operation. A row may be of several kinds. */
export const ledgerKinds = {
  merged: 'two identities became one',
  linked: 'more evidence within one identity',
  refused: 'evidence was turned down; see reason',
  held: 'evidence waits for review; see reason',
  identified: 'an identifier was named by an identify for the first time',
  'traits-changed': 'trait values were set',
  split: 'links of one pair, or of the smallest cut, were revoked',
  reverted: 'what a batch or a key recorded was revoked',
  separated: 'two identifiers must not be one person from now on',
  lifted: 'a separation ended',
  rejected: 'a reviewer turned a link down',
  'settings-changed': 'other guard rails are in force from here on',
  erased: 'an erasure, or a row that an erasure emptied',
} as const;

export type LedgerKind = keyof typeof ledgerKinds;

const kindByLinkVerdict = { applied: 'merged', unchanged: 'linked', refused: 'refused', held: 'held' } as const;

const kindByOperation: Record<Exclude<Fact['op'], EvidenceFact['op']>, LedgerKind> = {
  split: 'split',
  revert: 'reverted',
  separate: 'separated',
  lift: 'lifted',
  reject: 'rejected',
  settings: 'settings-changed',
  erased: 'erased',
  erase: 'erased',
};

export function kindsOf(fact: Fact): LedgerKind[] {
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve': {
      const kinds: LedgerKind[] = [];
      if (fact.identified !== null) kinds.push('identified');
      if (fact.traits.length > 0) kinds.push('traits-changed');
      if (fact.link !== null) kinds.push(kindByLinkVerdict[fact.link.verdict]);
      return kinds;
    }
    default:
      return [kindByOperation[fact.op]];
  }
}
