import { linkOf } from '../../../api/row-parts.ts';
import type { LedgerRow } from '../queries.ts';
import { type Graph, neighboursOf } from './model.ts';

/** What a layout goes by, and the node in its middle. */
export type Skeleton = readonly [
  {
    readonly nodes: readonly { readonly id: string }[];
    readonly edges: readonly { readonly from: string; readonly to: string }[];
  },
  string,
];

/** The graph itself, around the canonical identifier. */
export const asItIs = (graph: Graph): Skeleton => [
  graph,
  (graph.nodes.find(({ canonical }) => canonical) ?? graph.nodes[0])?.id ?? '',
];

/**
 * Whoever was ever joined, so that stepping through time moves nobody, around the one with most links. Of a graph that is only a part of the
 * person, that part.
 */
export function lifelong(graph: Graph, rows: readonly LedgerRow[]): Skeleton {
  if (graph.left > 0) return asItIs(graph);
  const joined = rows.flatMap((row) => {
    const link = linkOf(row);
    return link === null || (link.verdict !== 'applied' && link.verdict !== 'unchanged')
      ? []
      : [{ from: link.primary_id, to: link.secondary_id }];
  });
  const edges = [...joined, ...graph.edges];
  const ids = new Set([...edges.flatMap(({ from, to }) => [from, to]), ...graph.nodes.map(({ id }) => id)]);
  const neighbours = neighboursOf(joined);
  const links = (id: string) => neighbours.get(id)?.length ?? 0;
  const root = [...ids].reduce((most, id) => (links(id) > links(most) ? id : most));
  return [{ nodes: [...ids].map((id) => ({ id })), edges }, root];
}
