import type { Sql } from '../../postgres/connection.ts';
import { writeRows } from '../../postgres/many-rows.ts';
import { type FoundMatch, matchRowsOfTraits, refsPerLook, rowsPerMatch, standingMatches } from '../matching.ts';
import type { TraitMatch } from '../store.ts';
import { statements } from './statements.ts';
import { addMatches } from './write.ts';

export async function matchingKeys(sql: Sql, env: number): Promise<string[]> {
  return (await sql.rows(statements.matchingKeys, [env])).map(({ key }) => key);
}

/** Sets which traits people are found by. Runs inside a transaction that holds the environment's row. */
export async function setMatching(sql: Sql, env: number, keys: readonly string[]): Promise<void> {
  const before = new Set(await matchingKeys(sql, env));
  for (const key of before) {
    if (keys.includes(key)) continue;
    await sql.rows(statements.dropMatchingKey, [env, key]);
    await sql.rows(statements.dropMatchesOfKey, [env, key]);
  }
  for (const key of new Set(keys)) {
    if (before.has(key)) continue;
    await sql.rows(statements.addMatchingKey, [env, key]);
    const last = (await sql.rows(statements.lastRef, []))[0]!.ref;
    for (let ref = 0; ref < last; ref += refsPerLook) {
      const said = await sql.rows(statements.saidInTrait, [key, env, ref, ref + refsPerLook]);
      const rows = matchRowsOfTraits(said, key).map((row) => ({ ...row, env }));
      await writeRows(sql, addMatches, [], rows);
    }
  }
}

export async function matchesOf(
  sql: Sql,
  env: number,
  text: string,
  limit: number,
): Promise<{ matches: TraitMatch[]; isAll: boolean }> {
  const wanted = limit * rowsPerMatch;
  const found: FoundMatch[] = [];
  let isAll = true;
  for (const key of await matchingKeys(sql, env)) {
    const rows = await sql.rows(statements.matchesFrom, [env, key, text, wanted]);
    isAll &&= rows.length < wanted || !rows.at(-1)!.value.startsWith(text);
    found.push(...rows.filter(({ value }) => value.startsWith(text)));
  }
  const asked = [found.map(({ identifier }) => identifier), found.map(({ key }) => key)];
  const traits = found.length === 0 ? [] : await sql.rows(statements.traitsOfKeys, asked);
  const matches = standingMatches(found, text, traits);
  return { matches: matches.slice(0, limit), isAll: isAll && matches.length <= limit };
}
