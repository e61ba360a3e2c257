/** What keeps ids of people beside the two stores. A new such room is one more line where server.ts makes the erasures. */
export interface Forgets {
  /**
   * Deletes what names one of these ids, from memory and from the disk. Resolves when nothing of it is left; may be asked again, by another
   * process too, when something else of the erasure has failed.
   */
  forget(environment: string, distinctIds: Iterable<string>): Promise<void>;
}
