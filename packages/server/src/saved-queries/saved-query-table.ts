import type { SavedQuery } from './types.ts';

/** Where saved queries are kept: of one node, or of all. What it has done is durable when it resolves. */
export interface SavedQueryTable {
  /** In the order of their names' bytes, behind this name. */
  page(environment: string, range: { readonly after: string | null; readonly limit: number }): Promise<SavedQuery[]>;
  find(environment: string, id: string): Promise<SavedQuery | null>;
  /** `full`: the environment has as many as it may. Nodes that add at the same moment may exceed that by as many as they are. */
  add(query: SavedQuery, max: number): Promise<'added' | 'name-taken' | 'full'>;
  /** In place of the one of this id that has this version; `missed`: there is none. */
  replace(query: SavedQuery, version: number): Promise<'replaced' | 'name-taken' | 'missed'>;
  /** `version` null: whichever it has. False: there is none. */
  remove(environment: string, id: string, version: number | null): Promise<boolean>;
  /** What was replaced is in no file any more, as far as the engine lets us say so. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}
