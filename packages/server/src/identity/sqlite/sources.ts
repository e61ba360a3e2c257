import type { Source } from '@onym/core';
import { createSourceBook, sourceRowOf } from '../source-book.ts';
import type { Statements } from './statements.ts';

export function createSources(sql: Statements) {
  const book = createSourceBook();

  function reload(): void {
    book.clear();
    for (const row of sql.sources.all()) book.add(row);
  }
  reload();

  return {
    reload,
    byId: book.byId,
    idsWhere: book.idsWhere,
    /** Adds a row for one that has none. Runs inside a transaction. */
    idOf(source: Source): number {
      const known = book.idOf(source);
      if (known !== undefined) return known;
      const row = sourceRowOf(source);
      const id = Number(sql.addSource.run(row.key, row.lib, row.batch, row.public).lastInsertRowid);
      book.add({ id, ...row });
      return id;
    },
  };
}

export type Sources = ReturnType<typeof createSources>;
