import type { Moment } from '../moment.ts';
import type { Standing } from '../standing.ts';

export interface GraphNode {
  readonly id: string;
  readonly is: 'known' | 'anonymous' | 'outside';
  readonly canonical: boolean;
}

export interface GraphEdge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly is: 'link' | 'held' | 'refused' | 'separation';
  readonly seq: number;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** How many identifiers of the person are not in it. */
  readonly left: number;
}

/** How many nodes a graph shows, so that it moves smoothly and can be read at all. */
export const graphNodesMax = 1_000;

/** A person as a graph: the identifiers nearest to `center`, and what stands between them and others. */
export function graphOf(
  { identity, identifiers, links }: Moment,
  standing: Standing,
  center: string,
  nodesMax = graphNodesMax,
): Graph {
  const known = new Map(identifiers.map((one) => [one.distinct_id, one.known]));
  const joined: GraphEdge[] = links.map(({ seq, primary_id, secondary_id }) => ({
    key: `link ${seq}`,
    from: primary_id,
    to: secondary_id,
    is: 'link',
    seq,
  }));
  const inside = nearest([...known.keys()], joined, known.has(center) ? center : identity.canonical_id, nodesMax);
  const beside = edgesOf(standing).filter(({ from, to }) => inside.has(from) || inside.has(to));
  const outside = new Set<string>();
  const kept = beside.filter(({ from, to }) => {
    if (known.has(from) && known.has(to)) return inside.has(from) && inside.has(to);
    const other = known.has(from) ? to : from;
    if (outside.size + inside.size >= nodesMax + outsideMax && !outside.has(other)) return false;
    outside.add(other);
    return true;
  });
  return {
    nodes: [
      ...[...inside].map(
        (id): GraphNode => ({ id, is: known.get(id) ? 'known' : 'anonymous', canonical: id === identity.canonical_id }),
      ),
      ...[...outside].map((id): GraphNode => ({ id, is: 'outside', canonical: false })),
    ],
    edges: [...joined.filter(({ from, to }) => inside.has(from) && inside.has(to)), ...kept],
    left: identity.identifier_count - inside.size,
  };
}

/** Others whom evidence names: one shared identifier may have thousands of claims. */
const outsideMax = 200;

function edgesOf({ turnedDown, separations }: Standing): GraphEdge[] {
  return [
    ...turnedDown.map(
      ({ seq, a, b, verdict }): GraphEdge => ({ key: `link ${seq}`, from: a, to: b, is: verdict, seq }),
    ),
    ...separations.map(
      ({ seq, a, b }): GraphEdge => ({ key: `separation ${seq} ${a} ${b}`, from: a, to: b, is: 'separation', seq }),
    ),
  ];
}

/** By the number of links between; who is not joined by those that were read comes last. */
function nearest(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  center: string,
  max: number,
): ReadonlySet<string> {
  if (ids.length <= max) return new Set(ids);
  const neighbours = neighboursOf(edges);
  const found = new Set([center]);
  for (const id of found) {
    for (const other of neighbours.get(id) ?? []) {
      if (found.size >= max) return found;
      found.add(other);
    }
  }
  for (const id of ids) {
    if (found.size >= max) break;
    found.add(id);
  }
  return found;
}

/** Who is beside whom, in the order of the edges. */
export function neighboursOf(edges: readonly Pick<GraphEdge, 'from' | 'to'>[]): ReadonlyMap<string, readonly string[]> {
  const neighbours = new Map<string, string[]>();
  const add = (id: string, other: string) => {
    const list = neighbours.get(id);
    if (list === undefined) neighbours.set(id, [other]);
    else list.push(other);
  };
  for (const { from, to } of edges) {
    add(from, to);
    add(to, from);
  }
  return neighbours;
}
