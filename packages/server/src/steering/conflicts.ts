import type { Link, Millis, Seq } from '@onym/core';
import { limits } from '../limits.ts';
import type { Conflict } from './types.ts';

interface Group {
  readonly links: Link[];
  count: number;
  lastTime: Millis;
  readonly bySource: Map<string, { key: string | null; lib: string | null; count: number }>;
}

/**
 * Refused links, newest first, grouped by reason and claimed identifier. A page ends after `limit` causes: `next` is the seq below which
 * the following page looks, so a cause that goes on appears there again with the older part of it.
 */
export function groupConflicts(
  links: readonly Link[],
  repeats: ReadonlyMap<Seq, { count: number; lastTime: Millis }>,
  limit: number,
  linksMax: number,
): { conflicts: Conflict[]; next: Seq | null } {
  const groups = new Map<string, Group>();
  let next: Seq | null = links.length === linksMax ? links.at(-1)!.seq : null;
  for (const link of links) {
    const cause = `${link.reason}\u0000${link.secondary}`;
    let group = groups.get(cause);
    if (group === undefined) {
      if (groups.size === limit) {
        next = link.seq + 1;
        break;
      }
      group = { links: [], count: 0, lastTime: link.time, bySource: new Map() };
      groups.set(cause, group);
    }
    addTo(group, link, repeats.get(link.seq));
  }
  return { conflicts: [...groups.values()].map(conflictOf), next };
}

function addTo(group: Group, link: Link, repeated: { count: number; lastTime: Millis } | undefined): void {
  const count = 1 + (repeated?.count ?? 0);
  group.links.push(link);
  group.count += count;
  group.lastTime = Math.max(group.lastTime, repeated?.lastTime ?? 0);
  const { key, lib } = link.source;
  const source = group.bySource.get(`${key}\u0000${lib}`);
  if (source === undefined) group.bySource.set(`${key}\u0000${lib}`, { key, lib, count });
  else source.count += count;
}

function conflictOf({ links, count, lastTime, bySource }: Group): Conflict {
  const newest = links[0]!;
  return {
    reason: newest.reason ?? 'refused',
    distinctId: newest.secondary,
    count,
    firstTime: links.at(-1)!.time,
    lastTime,
    claimants: [...new Set(links.map(({ primary }) => primary))].slice(0, limits.conflictClaimantsListedMax),
    links: links.slice(0, limits.conflictLinksListedMax),
    sources: [...bySource.values()].sort((a, b) => b.count - a.count),
  };
}
