import type { Pair } from '../imports.ts';
import { createRandom } from '../workload.ts';
import { mergesOf } from './merge-pairs.ts';

/** Of a file's pairs, those that say again what others said: half as they were, half the other way round. */
const repeatShare = 0.02;

/** A file of alias pairs, as another system's table of identifiers has them; of ids that no other round has. */
export function aliasPairsOf(round: number, count: number): Pair[] {
  const random = createRandom(600 + round);
  const repeats = Math.floor(count * repeatShare);
  const pairs: Pair[] = [...mergesOf(round, count - repeats).pairs];
  for (let n = 0; n < repeats; n++) {
    const [primary, secondary] = pairs[Math.floor(random() * pairs.length)]!;
    pairs.push(n % 2 === 0 ? [primary, secondary] : [secondary, primary]);
  }
  return pairs;
}
