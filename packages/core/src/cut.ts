import { pairKey } from './identifiers.ts';
import type { State } from './state.ts';
import type { DistinctId, Link, Pair, Seq } from './types.ts';

interface Edge {
  readonly a: number;
  readonly b: number;
  readonly pair: Pair;
  /** The newest active link on the pair. */
  readonly seq: Seq;
  /** -1: b to a, 0: none, 1: a to b. */
  flow: -1 | 0 | 1;
  cut: boolean;
}

interface Network {
  readonly edges: Edge[];
  /** Edge indexes per node. */
  readonly incident: number[][];
}

/**
 * Of the smallest sets of pairs whose removal disconnects two identifiers, the one whose seqs, sorted descending, compare greatest.
 * Works on the active links of a component loaded whole; empty when the two are not connected.
 *
 * Every minimum cut consists of edges that a maximum flow fills. The newest such edge that lies in any minimum cut is taken, removed,
 * and the rest cut likewise.
 */
export function smallestCut(state: State, members: Iterable<DistinctId>, from: DistinctId, to: DistinctId): Pair[] {
  const { network, indexOf } = networkOf(state, members);
  const source = indexOf.get(from)!;
  const sink = indexOf.get(to)!;
  const cut: Pair[] = [];
  for (;;) {
    for (const edge of network.edges) edge.flow = 0;
    while (augment(network, source, sink)) {
      // Each augmentation adds one to the flow.
    }
    const newest = newestInMinimumCut(network, source);
    if (newest === null) return cut;
    newest.cut = true;
    cut.push(newest.pair);
  }
}

function networkOf(
  state: State,
  members: Iterable<DistinctId>,
): { network: Network; indexOf: Map<DistinctId, number> } {
  const indexOf = new Map<DistinctId, number>();
  for (const id of members) indexOf.set(id, indexOf.size);
  const edges: Edge[] = [];
  const edgeByPair = new Map<string, number>();
  const incident: number[][] = Array.from({ length: indexOf.size }, () => []);
  for (const id of indexOf.keys()) {
    for (const seq of state.linksOf.get(id) ?? []) {
      const link = state.links.get(seq)!;
      if (link.status !== 'active' || link.primary === link.secondary) continue;
      const key = pairKey(link.primary, link.secondary);
      const known = edgeByPair.get(key);
      if (known !== undefined) {
        const edge = edges[known]!;
        if (seq > edge.seq) edges[known] = { ...edge, seq };
        continue;
      }
      const a = indexOf.get(link.primary)!;
      const b = indexOf.get(link.secondary)!;
      const pair: Pair =
        link.primary < link.secondary ? [link.primary, link.secondary] : [link.secondary, link.primary];
      edgeByPair.set(key, edges.length);
      incident[a]!.push(edges.length);
      incident[b]!.push(edges.length);
      edges.push({ a, b, pair, seq, flow: 0, cut: false });
    }
  }
  return { network: { edges, incident }, indexOf };
}

/** Whether the residual graph leads over this edge, starting at `node`. */
function isOpen(edge: Edge, node: number): boolean {
  return !edge.cut && (node === edge.a ? edge.flow < 1 : edge.flow > -1);
}

function otherEnd(edge: Edge, node: number): number {
  return node === edge.a ? edge.b : edge.a;
}

function augment(network: Network, source: number, sink: number): boolean {
  const cameBy = new Int32Array(network.incident.length).fill(-1);
  const queue = [source];
  for (let head = 0; head < queue.length && cameBy[sink] === -1; head++) {
    const node = queue[head]!;
    for (const index of network.incident[node]!) {
      const edge = network.edges[index]!;
      const next = otherEnd(edge, node);
      if (next === source || cameBy[next] !== -1 || !isOpen(edge, node)) continue;
      cameBy[next] = index;
      queue.push(next);
    }
  }
  if (cameBy[sink] === -1) return false;
  for (let node = sink; node !== source; ) {
    const edge = network.edges[cameBy[node]!]!;
    const previous = otherEnd(edge, node);
    edge.flow = (edge.flow + (previous === edge.a ? 1 : -1)) as Edge['flow'];
    node = previous;
  }
  return true;
}

/** A filled edge lies in a minimum cut exactly when its ends are in different strong components of the residual graph. */
function newestInMinimumCut(network: Network, source: number): Edge | null {
  const filled = network.edges.filter((edge) => edge.flow !== 0);
  if (filled.length === 0) return null;
  const component = strongComponents(network, source);
  let newest: Edge | null = null;
  for (const edge of filled) {
    if (component[edge.a] !== component[edge.b] && (newest === null || edge.seq > newest.seq)) newest = edge;
  }
  return newest;
}

/** Tarjan's algorithm without recursion: identities may hold tens of thousands of identifiers. */
function strongComponents(network: Network, source: number): Int32Array {
  const count = network.incident.length;
  const component = new Int32Array(count).fill(-1);
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack: number[] = [];
  const position = new Int32Array(count);
  let nextOrder = 0;
  let nextComponent = 0;
  const starts = [source, ...Array(count).keys()];
  for (const start of starts) {
    if (order[start] !== -1) continue;
    const path = [start];
    order[start] = low[start] = nextOrder++;
    onStack.push(start);
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const edges = network.incident[node]!;
      if (position[node]! < edges.length) {
        const edge = network.edges[edges[position[node]!++]!]!;
        if (!isOpen(edge, node)) continue;
        const next = otherEnd(edge, node);
        if (order[next] === -1) {
          order[next] = low[next] = nextOrder++;
          onStack.push(next);
          path.push(next);
        } else if (component[next] === -1) low[node] = Math.min(low[node]!, order[next]!);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] !== order[node]) continue;
      for (let member = onStack.pop()!; ; member = onStack.pop()!) {
        component[member] = nextComponent;
        if (member === node) break;
      }
      nextComponent++;
    }
  }
  return component;
}

/** A shortest path of active links between two identifiers of a component loaded whole; of parallel links the oldest. */
export function shortestPath(state: State, from: DistinctId, to: DistinctId): Link[] {
  const cameBy = new Map<DistinctId, Link | null>([[from, null]]);
  const queue = [from];
  for (let head = 0; head < queue.length && !cameBy.has(to); head++) {
    const node = queue[head]!;
    const links = (state.linksOf.get(node) ?? []).map((seq) => state.links.get(seq)!);
    for (const link of links.sort((a, b) => a.seq - b.seq)) {
      if (link.status !== 'active') continue;
      const next = link.primary === node ? link.secondary : link.primary;
      if (cameBy.has(next)) continue;
      cameBy.set(next, link);
      queue.push(next);
    }
  }
  const path: Link[] = [];
  for (let node = to; ; ) {
    const link = cameBy.get(node);
    if (link === undefined || link === null) return path.reverse();
    path.push(link);
    node = link.primary === node ? link.secondary : link.primary;
  }
}
