import type { Seq } from '@onym/core';
import type { Projection } from '../events/types.ts';
import type { IdentityStore } from '../identity/store.ts';
import { projectionOf } from './projection.ts';

/** Rows read at a time: reading holds up every other call. */
const sliceRows = 2_000;

/** One projection of up to `rowsMax`, read in slices, so that calls have their turn in between. */
export async function readChanges(
  identityStore: Pick<IdentityStore, 'changes'>,
  environment: string,
  { after, head, rowsMax }: { readonly after: Seq; readonly head: Seq; readonly rowsMax: number },
): Promise<Projection> {
  const slices: Projection[] = [];
  let seq = after;
  let rows = 0;
  while (seq < head && seq - after < rowsMax && rows < rowsMax) {
    if (seq > after) await new Promise((resolve) => setImmediate(resolve));
    const changes = await identityStore.changes(environment, seq, Math.min(sliceRows, rowsMax));
    if (changes.seq <= seq) throw new Error(`The ledger of ${environment} ends at ${seq}, before its head ${head}.`);
    slices.push(projectionOf(environment, changes));
    seq = changes.seq;
    rows += changes.identifiers.length;
  }
  const more = seq < head ? { more: true } : {};
  if (slices.length === 1) return { ...slices[0]!, ...more };
  return {
    identifiers: slices.flatMap(({ identifiers }) => identifiers),
    identities: slices.flatMap(({ identities }) => identities),
    links: slices.flatMap(({ links }) => links),
    separations: slices.flatMap(({ separations }) => separations),
    seq,
    ...more,
  };
}
