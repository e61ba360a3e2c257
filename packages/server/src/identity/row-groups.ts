import type { Seq } from '@onym/core';

/** Groups of about `rowsMax` rows in which every component has all of its rows; the order follows each component's first row. */
export function groupByComponent(seqs: readonly Seq[], componentOf: (seq: Seq) => number, rowsMax: number): Seq[][] {
  const byComponent = new Map<number, Seq[]>();
  for (const seq of seqs) {
    const component = componentOf(seq);
    const rows = byComponent.get(component);
    if (rows === undefined) byComponent.set(component, [seq]);
    else rows.push(seq);
  }
  const groups: Seq[][] = [];
  let group: Seq[] = [];
  for (const rows of byComponent.values()) {
    if (group.length > 0 && group.length + rows.length > rowsMax) {
      groups.push(group);
      group = [];
    }
    for (const seq of rows) group.push(seq);
  }
  if (group.length > 0) groups.push(group);
  return groups.map((rows) => rows.sort((a, b) => a - b));
}
