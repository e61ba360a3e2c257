import type { Source } from '@onym/core';

export interface SourceRow {
  readonly id: number;
  readonly key: string | null;
  readonly lib: string | null;
  readonly batch: string | null;
  readonly public: number;
}

/** The sources that a store has rows of, both ways. Who sends calls repeats much: each is stored once and kept in memory. */
export interface SourceBook {
  byId(id: number): Source;
  /** undefined for one that has no row here. */
  idOf(source: Source): number | undefined;
  idsWhere(fits: (source: Source) => boolean): number[];
  add(row: SourceRow): void;
  clear(): void;
}

export function createSourceBook(): SourceBook {
  const byId = new Map<number, Source>();
  const ids = new Map<string, number>();
  /** Calls that come together mostly come from one. */
  let last: { readonly source: Source; readonly id: number } | null = null;
  const keyOf = ({ key, lib, batch, public: isPublic }: Source) => JSON.stringify([key, lib, batch, isPublic]);
  return {
    byId: (id) => byId.get(id)!,
    idOf(source) {
      if (last?.source === source) return last.id;
      const id = ids.get(keyOf(source));
      if (id !== undefined) last = { source, id };
      return id;
    },
    idsWhere: (fits) => [...byId].filter(([, source]) => fits(source)).map(([id]) => id),
    add({ id, key, lib, batch, public: isPublic }) {
      const source: Source = { key, lib, batch, public: isPublic === 1 };
      byId.set(id, source);
      ids.set(keyOf(source), id);
    },
    clear() {
      last = null;
      byId.clear();
      ids.clear();
    },
  };
}

/** A row to be added, but for its id. */
export const sourceRowOf = ({ key, lib, batch, public: isPublic }: Source): Omit<SourceRow, 'id'> => ({
  key,
  lib,
  batch,
  public: isPublic ? 1 : 0,
});
