import { limits } from '../limits.ts';
import type { CallSite, Example, Finding, LintRule } from './rules.ts';

/** How findings add up, whoever noted them. */

/** Findings of one environment with the same are one. */
export const keyOf = (rule: LintRule, { key, lib }: CallSite): string => `${rule}\u0000${key ?? ''}\u0000${lib ?? ''}`;

/** All of both, those of one key as one; as many as are kept, the last seen first. */
export function sumOf(findings: readonly Finding[], more: readonly Finding[]): Finding[] {
  const sums = new Map<string, Finding>();
  for (const finding of [...findings, ...more]) {
    const key = keyOf(finding.rule, finding);
    const other = sums.get(key);
    sums.set(key, other === undefined ? finding : added(other, finding));
  }
  return [...sums.values()].sort((a, b) => b.lastTime - a.lastTime).slice(0, limits.lintFindingsMax);
}

function added(one: Finding, other: Finding): Finding {
  return {
    ...one,
    count: one.count + other.count,
    firstTime: Math.min(one.firstTime, other.firstTime),
    lastTime: Math.max(one.lastTime, other.lastTime),
    examples: newestOf(other.examples, one.examples),
  };
}

/** As many examples as are kept, newest first, no two with the same ids; of two at one time the first given. */
export function newestOf(...lists: readonly (readonly Example[])[]): Example[] {
  const newest: Example[] = [];
  for (const example of lists.flat().sort((a, b) => b.time - a.time)) {
    if (newest.length === limits.lintExamplesMax) break;
    if (!newest.some((other) => namesSame(other, example))) newest.push(example);
  }
  return newest;
}

export function namesSame(a: Example, b: Example): boolean {
  return (
    a.call === b.call &&
    a.field === b.field &&
    a.ids.distinct_id === b.ids.distinct_id &&
    a.ids.alias_id === b.ids.alias_id &&
    a.ids.anonymous_id === b.ids.anonymous_id
  );
}

/** Those that name none of the ids; null where that is all of them. */
export function withoutIds(examples: readonly Example[], ids: ReadonlySet<string>): Example[] | null {
  const kept = examples.filter((example) => !namesOne(example, ids));
  return kept.length === examples.length ? null : kept;
}

function namesOne({ ids, field }: Example, erased: ReadonlySet<string>): boolean {
  if (Object.values(ids).some((id) => erased.has(id))) return true;
  return field !== undefined && erased.has(field.replace(/^\?/, ''));
}
