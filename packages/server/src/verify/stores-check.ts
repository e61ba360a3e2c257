import type { Seq } from '@onym/core';
import type { Changes, IdentityStore } from '../identity/store.ts';
import { nodeId } from '../node-id.ts';
import { compareMap, compareStored, type Difference, foldLedger } from './identity-check.ts';

export interface Verification {
  readonly rows: number;
  readonly identifiers: number;
  readonly identities: number;
  readonly links: number;
  readonly differences: readonly Difference[];
}

/** The identifiers of the event store's map, as queries see them. */
export type MapRows = ReadonlyMap<string, { readonly identityId: string; readonly known: boolean }>;

const rowsPerRead = 20_000;

/** Refolds the ledger, and compares the result with the stored state and the map. null when the ledger grew meanwhile. */
export async function checkStores(
  store: IdentityStore,
  environment: string,
  readMap: () => Promise<MapRows>,
): Promise<Verification | null> {
  const { head } = await store.environment(environment);
  const differences: Difference[] = [];
  const report = (difference: Difference) => void differences.push(difference);
  const state = await foldLedger(store, environment, head, report);
  const stored = await allOf(store, environment, head);
  const map = await readMap();
  if ((await store.environment(environment)).head !== head) return null;
  compareStored(state, stored, report);
  compareMap(state, map, (canonicalId) => nodeId(environment, canonicalId), report);
  const identities = [...state.components.values()].filter(({ createdAt }) => createdAt !== null).length;
  return { rows: head, identifiers: state.identifiers.size, identities, links: state.links.size, differences };
}

/** All that is stored, read in pieces: a server gives a statement only so long. */
async function allOf(store: IdentityStore, environment: string, head: Seq): Promise<Changes> {
  const pieces: Changes[] = [];
  for (let seq = -1; seq < head; ) {
    const piece = await store.changes(environment, seq, rowsPerRead);
    pieces.push(piece);
    if (piece.seq <= seq) break;
    seq = piece.seq;
  }
  return {
    identifiers: pieces.flatMap(({ identifiers }) => identifiers),
    identities: pieces.flatMap(({ identities }) => identities),
    retired: pieces.flatMap(({ retired }) => retired),
    links: pieces.flatMap(({ links }) => links),
    separations: pieces.flatMap(({ separations }) => separations),
    seq: head,
  };
}
