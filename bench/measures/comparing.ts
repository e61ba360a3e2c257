import { ask } from '../ask.ts';
import type { Oracle } from '../oracle.ts';
import type { Target } from '../processes.ts';

/** In parts, since one text of all ids may be longer than a string can be. */
const idsPerPart = 500_000;

/** Asks a script for the names of all ids that the oracle knows; throws VoidRun unless they say the same of who is one person. */
export async function compareNames(target: Target, oracle: Oracle): Promise<void> {
  const ids = oracle.ids();
  const names = new Map<string, string>();
  for (let at = 0; at < ids.length; at += idsPerPart) {
    const found = await ask<[string, string][]>(target, '/names', { ids: ids.slice(at, at + idsPerPart) });
    for (const [id, name] of found) names.set(id, name);
  }
  oracle.compare((id) => names.get(id)!);
}
