import type { ElementDefinition } from 'cytoscape';
import { shownText } from '../../../characters.ts';
import { cutInTheMiddle } from '../../../format.ts';
import type { Position } from './layout.ts';
import type { Graph } from './model.ts';

const nameLengthMax = 22;
const nodeKey = (id: string): string => `id ${id}`;

/** What is emphasised. */
export interface Emphasis {
  readonly selected: readonly (string | undefined)[];
  /** Seqs of the links of the chain that explains them. */
  readonly path: ReadonlySet<number>;
  readonly link: number | undefined;
}

/** The graph as Cytoscape takes it: `data.of` is the id of a node, or the seq of an edge. */
export function elementsOf(
  { nodes, edges }: Graph,
  positions: ReadonlyMap<string, Position>,
  { selected, path, link }: Emphasis,
): ElementDefinition[] {
  const parallel = new Map<string, number>();
  const pairOf = (from: string, to: string) => (from < to ? `${from}\n${to}` : `${to}\n${from}`);
  for (const { from, to } of edges) parallel.set(pairOf(from, to), (parallel.get(pairOf(from, to)) ?? 0) + 1);
  return [
    ...nodes.map(({ id, is, canonical }) => ({
      group: 'nodes' as const,
      data: { id: nodeKey(id), of: id, name: cutInTheMiddle(shownText(id), nameLengthMax) },
      position: { ...(positions.get(id) ?? { x: 0, y: 0 }) },
      classes: classesOf({ [is]: true, canonical, selected: selected.includes(id) }),
    })),
    ...edges.map(({ key, from, to, is, seq }) => ({
      group: 'edges' as const,
      data: { id: key, of: seq, name: String(seq), source: nodeKey(from), target: nodeKey(to) },
      classes: classesOf({
        [is]: true,
        alone: parallel.get(pairOf(from, to)) === 1,
        path: is === 'link' && path.has(seq),
        chosen: seq === link,
      }),
    })),
  ];
}

const classesOf = (holds: Record<string, boolean>): string[] =>
  Object.entries(holds).flatMap(([name, does]) => (does ? [name] : []));
