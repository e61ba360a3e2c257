import type { Source } from '@onym/core';
import type { Sql } from '../../postgres/connection.ts';
import { createSourceBook, sourceRowOf } from '../source-book.ts';
import { statements } from './statements.ts';

/**
 * Added before the transaction that names them, for good: one that nothing names in the end does no harm. Other nodes add some too, so that ids
 * may be met that are not here yet.
 */
export function createSources(sql: Sql) {
  const book = createSourceBook();

  async function reload(): Promise<void> {
    for (const row of await sql.rows(statements.sources, [])) book.add(row);
  }

  return {
    byId: book.byId,
    /** Of one that is known (see `know`). */
    idOf: (source: Source): number => book.idOf(source)!,
    async idsWhere(fits: (source: Source) => boolean): Promise<number[]> {
      await reload();
      return book.idsWhere(fits);
    },
    async know(sources: Iterable<Source>): Promise<void> {
      const unknown = new Map<string, ReturnType<typeof sourceRowOf>>();
      for (const source of sources) {
        if (book.idOf(source) === undefined) unknown.set(JSON.stringify(source), sourceRowOf(source));
      }
      if (unknown.size === 0) return;
      const added = [...unknown.values()];
      await sql.rows(statements.addSources, [
        added.map(({ key }) => key),
        added.map(({ lib }) => lib),
        added.map(({ batch }) => batch),
        added.map((row) => row.public),
      ]);
      await reload();
    },
    /** The rows; every source that they name is then known to `byId`. */
    async met<Row extends { readonly source: number }>(rows: readonly Row[]): Promise<readonly Row[]> {
      if (rows.some(({ source }) => book.byId(source) === undefined)) await reload();
      return rows;
    },
  };
}

export type Sources = ReturnType<typeof createSources>;
