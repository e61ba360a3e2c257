import type { HoldReason, IdentifyOperation, LinkKind, LinkOperation, LinkRule, LinkStatus, Millis } from '@onym/core';
import { createRecentSet } from '../../journal/recent-set.ts';
import { limits } from '../../limits.ts';
import type { RowContext } from '../calls.ts';
import type { Cells } from '../types.ts';
import { idOf, isSet, timeOf, wholeNumberOf, wordOf, wordsOf, wrongCell } from './cells.ts';
import { createDue } from './due.ts';
import type { Skipped, TableItem } from './items.ts';

const statuses: readonly LinkStatus[] = ['active', 'refused', 'held', 'approved', 'rejected', 'revoked'];
const kinds: readonly LinkKind[] = ['identify', 'alias', 'track', 'import', 'manual'];
const rules: readonly LinkRule[] = ['identify', 'track', 'alias'];
const rails: readonly HoldReason[] = ['needs-secret-key', 'identity-too-large', 'too-many-of-type'];

/** Of exports that do not tell: an approval's own kind hides what was approved. */
const ruleByKind: Readonly<Record<LinkKind, LinkRule>> = {
  identify: 'identify',
  track: 'track',
  alias: 'alias',
  import: 'alias',
  manual: 'alias',
};

/** What a row of this table is left out for, however else it is read: a link that does not stand joins nobody. */
export function skippedLink(cells: Cells): Skipped | null {
  const status = statuses.find((each) => each === cells.status);
  return status === undefined || status === 'active' ? null : { skipped: status };
}

interface Identified {
  readonly distinctId: string;
  readonly timestamp: Millis | null;
}

/**
 * Links in the order of the ledger they come from. What stands there is said again here as it was said there: each link by its own rule, and
 * before it the identifies that had named somebody by then, since whom a link finds known decides whose name stays. All that does not
 * stand is left out.
 */
export function createLinkReader(context: RowContext, options: { readonly guarded: boolean }) {
  const due = createDue<Identified>();
  const said = createRecentSet(limits.importIdentifiedMax);

  /** The time is that of a link of the identifier: a time at which it is seen anyway. */
  function note(distinctId: string, seq: number | null, timestamp: Millis | null): void {
    if (seq === null || seq === 0 || said.has(distinctId)) return;
    said.add(distinctId);
    due.add(seq, { distinctId, timestamp });
  }

  const identify = (fact: Identified): IdentifyOperation => ({
    op: 'identify',
    anonymousId: null,
    traits: [],
    source: context.source,
    ...fact,
  });

  return {
    read(cells: Cells): TableItem | Skipped {
      const seq = wholeNumberOf(cells, 'seq');
      if (seq === null) throw wrongCell('seq', 'a whole number');
      wordOf(cells, 'status', statuses);
      const skipped = skippedLink(cells);
      if (skipped !== null) return skipped;
      const kind = wordOf(cells, 'kind', kinds);
      const rule = cells.rule === undefined ? ruleByKind[kind] : wordOf(cells, 'rule', rules);
      const primary = idOf(cells, 'primary_id');
      const secondary = idOf(cells, 'secondary_id');
      const timestamp = timeOf(cells, 'effective_time') ?? timeOf(cells, 'time');
      const link: LinkOperation = {
        op: 'link',
        kind,
        rule,
        primary,
        secondary,
        waived: wordsOf(cells, 'waived', rails),
        guarded: options.guarded,
        timestamp,
        source: { ...context.source, public: isSet(cells, 'public') },
      };
      // Exports that do not tell who was named when: whoever was the distinct_id of an identify.
      const isUntold = cells.primary_identified === undefined && rule === 'identify';
      note(primary, isUntold ? seq : wholeNumberOf(cells, 'primary_identified'), timestamp);
      note(secondary, wholeNumberOf(cells, 'secondary_identified'), timestamp);
      const operations = [...due.upTo(seq).map(identify), link];
      return { ids: [], operations: () => operations };
    },
    *rest(): Generator<TableItem> {
      const facts = due.upTo(Number.POSITIVE_INFINITY);
      for (let start = 0; start < facts.length; start += limits.importChunkRows) {
        const operations = facts.slice(start, start + limits.importChunkRows).map(identify);
        yield { ids: [], operations: () => operations };
      }
    },
  };
}
