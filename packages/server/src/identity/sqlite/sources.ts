import type { Source } from '@onym/core';
import type { Statements } from './statements.ts';

export interface SourceRow {
  id: number;
  key: string | null;
  lib: string | null;
  batch: string | null;
  public: number;
}

/** Who sends calls repeats much: each distinct source is stored once and kept in memory. */
export function createSources(sql: Statements) {
  const byId = new Map<number, Source>();
  const ids = new Map<string, number>();
  const keyOf = ({ key, lib, batch, public: isPublic }: Source) => JSON.stringify([key, lib, batch, isPublic]);

  function reload(): void {
    byId.clear();
    ids.clear();
    for (const row of sql.sources.all()) {
      const source: Source = { key: row.key, lib: row.lib, batch: row.batch, public: row.public === 1 };
      byId.set(row.id, source);
      ids.set(keyOf(source), row.id);
    }
  }
  reload();

  return {
    reload,
    /** Ids of the sources that fit. */
    idsWhere(fits: (source: Source) => boolean): number[] {
      return [...byId].filter(([, source]) => fits(source)).map(([id]) => id);
    },
    byId(id: number): Source {
      return byId.get(id)!;
    },
    idOf(source: Source): number {
      const key = keyOf(source);
      let id = ids.get(key);
      if (id === undefined) {
        id = Number(sql.addSource.run(source.key, source.lib, source.batch, source.public ? 1 : 0).lastInsertRowid);
        byId.set(id, { ...source });
        ids.set(key, id);
      }
      return id;
    },
  };
}
