import { hash } from 'node:crypto';
import { isReserved } from '@onym/core';
import type { IdentityStore } from '../identity/store.ts';
import { limits } from '../limits.ts';
import type { Findings } from './findings.ts';
import { createRecentMap } from './recent-map.ts';
import type { CallSite, Example } from './rules.ts';

/** Calls from one site with an id that looks like one met before. */
export interface NearMiss {
  readonly id: string;
  readonly other: string;
  readonly site: CallSite;
  /** Of the newest of them. */
  example: Example;
  count: number;
}

/** Ids that people take for the same and Onym does not: apart in case, in how characters are encoded, or in blanks. */
export interface NearMisses {
  /** A near miss that is not waiting to be inspected yet; null where the id is none, or the call counts with one that waits. */
  observe(id: string, site: CallSite, exampleOf: () => Example): NearMiss | null;
  /** Notes it, unless the two are one person by now. Notes nothing when it rejects. */
  inspect(miss: NearMiss): Promise<void>;
  /** It is not inspected after all. */
  drop(miss: NearMiss): void;
  forget(ids: ReadonlySet<string>): void;
}

export function createNearMisses(
  environment: string,
  findings: Findings,
  identityStore: Pick<IdentityStore, 'resolve'>,
): NearMisses {
  /** The first spelling met of each id: those ids, and by the hash of what all spellings have in common. */
  const spellings = createRecentMap<true>(limits.lintSpellingsMax);
  const spellingByFold = createRecentMap<string>(limits.lintSpellingsMax);
  const waiting = new Map<string, NearMiss>();
  const keyOf = ({ id, site }: Pick<NearMiss, 'id' | 'site'>) => `${id}\u0000${site.key}\u0000${site.lib}`;

  return {
    observe(id, site, exampleOf) {
      if (spellings.get(id) || isReserved(id)) return null;
      const fold = foldOf(id);
      const other = spellingByFold.get(fold);
      if (other === undefined || other === id) {
        spellings.set(id, true);
        spellingByFold.set(fold, id);
        return null;
      }
      const earlier = waiting.get(keyOf({ id, site }));
      if (earlier !== undefined) {
        earlier.count++;
        earlier.example = exampleOf();
        return null;
      }
      const miss = { id, other, site, example: exampleOf(), count: 1 };
      waiting.set(keyOf(miss), miss);
      return miss;
    },
    async inspect(miss) {
      const { id, other, site } = miss;
      const { resolved } = await identityStore.resolve(environment, [id, other]);
      waiting.delete(keyOf(miss));
      if (resolved.get(id)?.canonicalId === resolved.get(other)?.canonicalId) return;
      const { example, count } = miss;
      findings.note('near-miss-id', site, { ...example, ids: { ...example.ids, similar_id: other } }, count);
    },
    drop(miss) {
      waiting.delete(keyOf(miss));
    },
    forget(ids) {
      for (const id of ids) {
        const fold = foldOf(id);
        spellings.delete(id);
        if (spellingByFold.get(fold) === id) spellingByFold.delete(fold);
      }
    },
  };
}

/** Nothing that folding changes. */
const plain = /^[!-@[-~]*$/;
const invisible = /\p{Cf}/gu;

export function isNearMiss(a: string, b: string): boolean {
  return a !== b && foldOf(a) === foldOf(b);
}

function foldOf(id: string): string {
  const folded = plain.test(id) ? id : id.normalize('NFKC').replace(invisible, '').trim().toLowerCase();
  return hash('sha1', folded, 'base64');
}
