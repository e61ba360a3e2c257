import { createRandom, type Random } from '../workload.ts';

/** Two people who turn out to be one: each pair is a true merge, in whatever order the pairs come. */
export interface Merges {
  /** Everybody there is before the first merge. */
  readonly ids: readonly string[];
  readonly pairs: readonly (readonly [primary: string, secondary: string])[];
}

const leavesMean = 3;
const crowdSize = 50;

/** `size` people from `start` on; each but the first is joined to who `parentOf` says, both counted from the group's first. */
const tree = (start: number, size: number, parentOf: (n: number) => number): [number, number][] =>
  Array.from({ length: size - 1 }, (_, n) => [start + parentOf(n + 1), start + n + 1]);

function star(start: number, random: Random): [number, number][] {
  const leaves = 1 + Math.floor(-Math.log(1 - random()) * (leavesMean - 1));
  return tree(start, 1 + leaves, () => 0);
}

/** The last edge joins the two hubs. */
const crowds = (start: number): [number, number][] => [
  ...tree(start, crowdSize, () => 0),
  ...tree(start + crowdSize, crowdSize, () => 0),
  [start, start + crowdSize],
];

/** Shapes by their share of groups: a hub and what joins it, a second device, a chain, two crowds that become one. */
const shapes = [
  { upTo: 0.7, of: star },
  { upTo: 0.92, of: (start: number) => tree(start, 2, (n) => n - 1) },
  { upTo: 0.97, of: (start: number, random: Random) => tree(start, 4 + Math.floor(random() * 61), (n) => n - 1) },
  { upTo: 1, of: crowds },
] as const;

/** The first `count` merges of a round, of ids that no other round has, all groups mixed. */
export function mergesOf(round: number, count: number): Merges {
  const random = createRandom(300 + round);
  const edges: (readonly [number, number])[] = [];
  let next = 0;
  while (edges.length < count) {
    const share = random();
    const group = (shapes.find(({ upTo }) => share < upTo) ?? shapes[0]).of(next, random);
    edges.push(...group);
    next += group.length + 1;
  }
  for (let i = edges.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [edges[i], edges[j]] = [edges[j]!, edges[i]!];
  }
  const nameOf = (n: number) => `${n % 3 === 0 ? 'user' : n % 3 === 1 ? 'crm:lead' : 'stripe:cus'}_${round}_${n}`;
  const pairs = edges.slice(0, count).map(([a, b]) => [nameOf(a), nameOf(b)] as const);
  return { ids: [...new Set(pairs.flat())], pairs };
}
