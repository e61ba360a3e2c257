import { type Database, openDatabase } from '../../../packages/server/dist/disk/sqlite.js';

/** The rows of a server's identity store, read beside it. */
export const openStored = (file: string): Database => openDatabase(file, { readonly: true });

export type Names = Map<string, string>;

/** One point read an id: what `POST /v1/resolve` asks of the store. */
export function prepareNames(database: Database): (ids: readonly string[]) => Names {
  const canonical = database
    .prepare<[string], string>(
      `SELECT n.distinct_id FROM identifier i
       CROSS JOIN component c ON c.env = i.env AND c.id = i.component
       CROSS JOIN component r ON r.env = c.env AND r.id = c.root
       CROSS JOIN identifier n ON n.ref = r.canonical
       WHERE i.env = (SELECT id FROM environment WHERE name = 'production') AND i.distinct_id = ?`,
    )
    .pluck();
  return (ids) => new Map(ids.map((id) => [id, canonical.get(id) ?? id]));
}
