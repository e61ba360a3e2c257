import { type FoundMatch, matchRowsOfTraits, refsPerLook, rowsPerMatch, standingMatches } from '../matching.ts';
import type { TraitMatch } from '../store.ts';
import type { Statements } from './statements.ts';

/** Sets which traits people are found by. Runs inside a transaction. */
export function setMatching(sql: Statements, env: number, keys: readonly string[]): void {
  const before = new Set(sql.matchingKeys.all(env));
  for (const key of before) {
    if (keys.includes(key)) continue;
    sql.dropMatchingKey.run(env, key);
    sql.dropMatchesOfKey.run(env, key);
  }
  for (const key of new Set(keys)) {
    if (before.has(key)) continue;
    sql.addMatchingKey.run(env, key);
    const last = sql.lastRef.get()!;
    for (let ref = 0; ref < last; ref += refsPerLook) {
      const said = sql.saidInTrait.all(key, env, ref, ref + refsPerLook);
      for (const { identifier, value } of matchRowsOfTraits(said, key)) sql.addMatch.run(env, key, value, identifier);
    }
  }
}

export function matchesOf(
  sql: Statements,
  env: number,
  text: string,
  limit: number,
): { matches: TraitMatch[]; isAll: boolean } {
  const wanted = limit * rowsPerMatch;
  const found: FoundMatch[] = [];
  let isAll = true;
  for (const key of sql.matchingKeys.all(env)) {
    const rows = sql.matchesFrom.all(env, key, text, wanted);
    isAll &&= rows.length < wanted || !rows.at(-1)!.value.startsWith(text);
    found.push(...rows.filter(({ value }) => value.startsWith(text)));
  }
  const traits = found.flatMap(({ identifier, key }) => sql.traitsOfKey.all(identifier, key));
  const matches = standingMatches(found, text, traits);
  return { matches: matches.slice(0, limit), isAll: isAll && matches.length <= limit };
}
