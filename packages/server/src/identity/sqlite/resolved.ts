import type { Resolved } from '../store.ts';

/** Who these are. `found` lists, for each that has a row, its place among them, whether it is known, and its canonical id. */
export function namesOf(distinctIds: readonly string[], found: string | null): Map<string, Resolved> {
  const names: (Resolved | undefined)[] = new Array(distinctIds.length);
  // Parsed, not cut: what is cut from a text keeps all of it in memory, and ids are remembered.
  const values = found === null ? [] : (JSON.parse(`[${found}]`) as (string | number)[]);
  for (let at = 0; at < values.length; at += 3) {
    names[values[at] as number] = { canonicalId: values[at + 2] as string, known: values[at + 1] === 1 };
  }
  const resolved = new Map<string, Resolved>();
  for (let at = 0; at < distinctIds.length; at++) {
    const id = distinctIds[at]!;
    resolved.set(id, names[at] ?? { canonicalId: id, known: false });
  }
  return resolved;
}
