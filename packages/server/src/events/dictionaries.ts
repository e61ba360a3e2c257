import type { Databases } from './databases.ts';
import type { Dialect, Engine } from './engine.ts';

/** How many of a node id's bits a table of slots goes by. */
export const slotBits = { small: 18, large: 22 } as const;

type DictionaryName = 'overlay' | `slots_${keyof typeof slotBits}`;

export const dictionaryNames: readonly DictionaryName[] = ['overlay', 'slots_small', 'slots_large'];

/** Over `pending`, each; `create` is the words of the statement before the name. */
export const dictionaryStatements = (
  data: string,
  { dictionarySource, notDropped }: Dialect,
  create: string,
): string[] => [
  `${create} ${data}.overlay (node_id UUID, identity_id UUID) PRIMARY KEY node_id
       SOURCE(${dictionarySource(
         `SELECT node_id, argMax(identity_id, version) AS identity_id FROM ${data}.pending${notDropped(data)} GROUP BY node_id`,
       )}) LAYOUT(COMPLEX_KEY_HASHED()) LIFETIME(0)`,
  ...Object.entries(slotBits).map(
    ([size, bits]) => `${create} ${data}.slots_${size} (slot UInt64, one UInt8) PRIMARY KEY slot
       SOURCE(${dictionarySource(
         `SELECT DISTINCT bitAnd(reinterpretAsUInt64(node_id), ${2 ** bits - 1}) AS slot, toUInt8(1) AS one FROM ${data}.pending${notDropped(data)}`,
       )}) LAYOUT(FLAT(INITIAL_ARRAY_SIZE ${2 ** bits} MAX_ARRAY_SIZE ${2 ** bits + 1})) LIFETIME(0)`,
  ),
];

/** On every node, with what is pending there now. */
export async function loadDictionaries(
  engine: Engine,
  { data }: Databases,
  names: readonly DictionaryName[],
): Promise<void> {
  await Promise.all(names.map((name) => engine.everywhere(`SYSTEM RELOAD DICTIONARY ${data}.${name}`)));
}

/**
 * A dictionary of a server keeps the user and password that it logs in with, which may be others by now: one that can't be loaded is made anew.
 * One that can is left alone, for others load it and read it, and would be told that there is none.
 */
export async function mendDictionaries(engine: Engine, databases: Databases): Promise<void> {
  try {
    await loadDictionaries(engine, databases, dictionaryNames);
  } catch {
    for (const statement of dictionaryStatements(databases.data, engine.dialect, 'CREATE OR REPLACE DICTIONARY')) {
      await engine.everywhere(statement);
    }
    await loadDictionaries(engine, databases, dictionaryNames);
  }
}
