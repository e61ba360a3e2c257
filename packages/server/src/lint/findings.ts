import { LRUCache } from 'lru-cache';
import { limits } from '../limits.ts';
import type { Batch } from './finding-table.ts';
import type { CallSite, Example, Finding, LintRule } from './rules.ts';
import { keyOf, namesSame, withoutIds } from './sums.ts';

/** What this process found in one environment and the table may not have yet: one per rule and call site, bounded as the table is. */
export interface Findings {
  /** Counts a call; `count` more when the calls before it turn out to have broken the rule too. */
  note(rule: LintRule, site: CallSite, example: Example, count?: number): void;
  /** To be added to what stands in the table. */
  unwritten(): Finding[];
  /** Writes it through `add`. Rejects as that does; then the same batch is written again first, the next time. */
  write(add: (batch: Batch) => Promise<void>): Promise<void>;
  /** Drops examples that name one of these ids. Not while it writes. */
  forget(ids: ReadonlySet<string>): void;
}

interface Noted extends CallSite {
  readonly rule: LintRule;
  count: number;
  firstTime: number;
  lastTime: number;
  examples: Example[];
}

export function createFindings(): Findings {
  const noted = new LRUCache<string, Noted>({ max: limits.lintFindingsMax });
  /** Being written, or to be written again. */
  let batch: { number: number; findings: Noted[] } = { number: 0, findings: [] };

  return {
    note(rule, site, example, count = 1) {
      const key = keyOf(rule, site);
      let entry = noted.get(key);
      if (entry === undefined) {
        const { time } = example;
        entry = { rule, key: site.key, lib: site.lib, count: 0, firstTime: time, lastTime: time, examples: [] };
        noted.set(key, entry);
      }
      entry.count += count;
      entry.firstTime = Math.min(entry.firstTime, example.time);
      entry.lastTime = Math.max(entry.lastTime, example.time);
      addExample(entry.examples, example);
    },
    unwritten: () => [...batch.findings, ...noted.values()],
    async write(add) {
      if (batch.findings.length > 0) await add(batch);
      batch = { number: batch.number + 1, findings: [...noted.values()].reverse() };
      noted.clear();
      if (batch.findings.length > 0) await add(batch);
      batch.findings = [];
    },
    forget(ids) {
      for (const entry of [...batch.findings, ...noted.values()]) {
        entry.examples = withoutIds(entry.examples, ids) ?? entry.examples;
      }
    },
  };
}

/** As `newestOf` would, for one that came after the others. */
function addExample(examples: Example[], example: Example): void {
  const same = examples.findIndex((other) => namesSame(other, example));
  if (same !== -1) examples.splice(same, 1);
  else if (examples.length === limits.lintExamplesMax) examples.pop();
  examples.unshift(example);
}
