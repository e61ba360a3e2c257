import { neighboursOf } from './model.ts';
import type { Skeleton } from './skeleton.ts';

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface Bounds {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The least box that holds these positions. */
export function boundsOf(positions: ReadonlyMap<string, Position>): Bounds {
  let [x1, y1, x2, y2] = [0, 0, 0, 0];
  for (const { x, y } of positions.values()) {
    x1 = Math.min(x1, x);
    y1 = Math.min(y1, y);
    x2 = Math.max(x2, x);
    y2 = Math.max(y2, y);
  }
  return { x1, y1, x2, y2 };
}

interface Placed {
  readonly id: string;
  /** Radians. */
  readonly angle: number;
  /** Share of the circle that it and its descendants have. */
  readonly share: number;
}

const golden = (Math.sqrt(5) - 1) / 2;
/** Between two levels. */
const levelGap = 92;
/** What a node of a small graph needs for its name, and one of a large graph for itself. */
const slots = { small: 72, large: 42 } as const;
const smallMax = 60;

/**
 * Positions of a graph's nodes: a tree around `root`, each level farther out, each branch within its own part of the circle. The same graph has
 * always the same positions. Takes time linear in nodes and edges.
 */
export function layOut({ nodes, edges }: Skeleton[0], root: string): ReadonlyMap<string, Position> {
  const slot = nodes.length <= smallMax ? slots.small : slots.large;
  const positions = new Map<string, Position>([[root, { x: 0, y: 0 }]]);
  let inner = 0;
  for (const level of levelsOf(
    treeOf(
      nodes.map(({ id }) => id),
      neighboursOf(edges),
      root,
    ),
    root,
  )) {
    const from = inner + levelGap;
    const share = level.reduce((sum, one) => sum + one.share, 0);
    const narrowest = level.reduce((least, one) => Math.min(least, one.share), 1);
    const onRing = slot <= narrowest * 2 * Math.PI * from;
    // More than a ring has room for fill a band: by the golden ratio no two of them come close.
    const outer = onRing ? from : Math.sqrt(from ** 2 + (level.length * slot ** 2) / (Math.PI * share));
    level.forEach(({ id, angle }, index) => {
      const part = onRing ? 0 : (index * golden) % 1;
      const radius = Math.sqrt(from ** 2 + part * (outer ** 2 - from ** 2));
      positions.set(id, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    });
    inner = outer;
  }
  return positions;
}

type Tree = ReadonlyMap<string, readonly string[]>;

/** Children of each node by breadth first; who can't be reached hangs at the root. */
function treeOf(ids: readonly string[], neighbours: ReadonlyMap<string, readonly string[]>, root: string): Tree {
  const seen = new Set([root]);
  const children = new Map<string, string[]>();
  const adoptOf = (id: string, others: readonly string[]) => {
    const fresh = [...new Set(others)].filter((other) => !seen.has(other));
    for (const other of fresh) seen.add(other);
    if (fresh.length > 0) children.set(id, [...(children.get(id) ?? none), ...fresh]);
  };
  for (const id of seen) adoptOf(id, neighbours.get(id) ?? none);
  adoptOf(root, ids);
  return children;
}

const none: readonly string[] = [];

/** The nodes of each depth below the root, in the order of their angles. */
function levelsOf(tree: Tree, root: string): Placed[][] {
  const leaves = leavesOf(tree, root);
  const levels: Placed[][] = [];
  let level: { id: string; start: number; share: number }[] = [{ id: root, start: 0, share: 1 }];
  while (level.length > 0) {
    const below: typeof level = [];
    for (const { id, start, share } of level) {
      let at = start;
      for (const child of tree.get(id) ?? none) {
        const part = (share * leaves.get(child)!) / leaves.get(id)!;
        below.push({ id: child, start: at, share: part });
        at += part;
      }
    }
    // An only child stands to the right of the root: names are read so.
    if (below.length > 0)
      levels.push(below.map(({ id, start, share }) => ({ id, share, angle: (start + share / 2 - 0.5) * 2 * Math.PI })));
    level = below;
  }
  return levels;
}

function leavesOf(tree: Tree, root: string): ReadonlyMap<string, number> {
  const order = [root];
  for (const id of order) for (const child of tree.get(id) ?? none) order.push(child);
  const leaves = new Map<string, number>();
  for (const id of order.reverse()) {
    const below = (tree.get(id) ?? none).reduce((sum, child) => sum + leaves.get(child)!, 0);
    leaves.set(id, Math.max(1, below));
  }
  return leaves;
}
