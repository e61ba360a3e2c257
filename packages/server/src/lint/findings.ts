import { LRUCache } from 'lru-cache';
import { limits } from '../limits.ts';
import type { CallSite, Example, Finding, LintRule } from './rules.ts';

/** The findings of one environment: one per rule and call site, bounded, with what has changed since it was last written down. */
export interface Findings {
  /** Counts a call; `count` more when the calls before it turn out to have broken the rule too. */
  note(rule: LintRule, site: CallSite, example: Example, count?: number): void;
  list(): Finding[];
  /** Drops examples that name one of these ids. Counts stay: they name nobody. */
  forget(ids: ReadonlySet<string>): void;
  /** What changed since the last call, and what was dropped; both are then taken as written. */
  takeChanges(): { changed: Finding[]; dropped: Finding[] };
  /** Gives back what could not be written. */
  returnChanges(changes: { changed: readonly Finding[]; dropped: readonly Finding[] }): void;
}

interface Entry extends CallSite {
  readonly rule: LintRule;
  count: number;
  firstTime: number;
  lastTime: number;
  examples: Example[];
}

const keyOf = (rule: LintRule, { key, lib }: CallSite): string => `${rule}\u0000${key ?? ''}\u0000${lib ?? ''}`;

export function createFindings(stored: readonly Finding[]): Findings {
  const changed = new Set<string>();
  const dropped = new Map<string, Finding>();
  const entries = new LRUCache<string, Entry>({
    max: limits.lintFindingsMax,
    dispose(entry, key, reason) {
      if (reason !== 'evict') return;
      changed.delete(key);
      dropped.set(key, entry);
    },
  });
  for (const finding of [...stored].sort((a, b) => a.lastTime - b.lastTime)) {
    entries.set(keyOf(finding.rule, finding), { ...finding, examples: [...finding.examples] });
  }

  return {
    note(rule, site, example, count = 1) {
      const key = keyOf(rule, site);
      let entry = entries.get(key);
      if (entry === undefined) {
        const { time } = example;
        entry = { rule, key: site.key, lib: site.lib, count: 0, firstTime: time, lastTime: time, examples: [] };
        entries.set(key, entry);
        dropped.delete(key);
      }
      entry.count += count;
      entry.firstTime = Math.min(entry.firstTime, example.time);
      entry.lastTime = Math.max(entry.lastTime, example.time);
      addExample(entry.examples, example);
      changed.add(key);
    },
    list: () => [...entries.values()],
    forget(ids) {
      for (const [key, entry] of entries) {
        const kept = entry.examples.filter((example) => !namesOne(example, ids));
        if (kept.length === entry.examples.length) continue;
        entry.examples = kept;
        changed.add(key);
      }
    },
    takeChanges() {
      const changes = {
        changed: [...changed].map((key) => ({ ...entries.peek(key)! })),
        dropped: [...dropped.values()],
      };
      changed.clear();
      dropped.clear();
      return changes;
    },
    returnChanges(changes) {
      for (const finding of changes.changed) {
        const key = keyOf(finding.rule, finding);
        if (entries.has(key)) changed.add(key);
        else dropped.set(key, finding);
      }
      for (const finding of changes.dropped) {
        const key = keyOf(finding.rule, finding);
        if (!entries.has(key)) dropped.set(key, finding);
      }
    },
  };
}

function addExample(examples: Example[], example: Example): void {
  const same = examples.findIndex((other) => namesSame(other, example));
  if (same !== -1) examples.splice(same, 1);
  else if (examples.length === limits.lintExamplesMax) examples.pop();
  examples.unshift(example);
}

function namesOne({ ids, field }: Example, erased: ReadonlySet<string>): boolean {
  if (Object.values(ids).some((id) => erased.has(id))) return true;
  return field !== undefined && erased.has(field.replace(/^\?/, ''));
}

function namesSame(a: Example, b: Example): boolean {
  return (
    a.call === b.call &&
    a.field === b.field &&
    a.ids.distinct_id === b.ids.distinct_id &&
    a.ids.alias_id === b.ids.alias_id &&
    a.ids.anonymous_id === b.ids.anonymous_id
  );
}
