import type { Millis } from '@onym/core';
import type { Change, Standing } from './changes.ts';

/** Where keys are kept: all that differs between a file of one node and a database that nodes share. */
export interface KeyTable {
  /** What was stored when this was last looked at, at most a second ago. The same object for as long as nothing changes. Never waits. */
  standing(): Standing;
  /** How long ago `standing` was surely all there is; 0 where that can't be in question. */
  silentMs(): number;
  /** What is stored now. */
  read(): Promise<Standing>;
  /**
   * Stores what `decide` makes of what stands: all or nothing, with no other change in between, here or elsewhere. From then on `standing`
   * shows it. What `decide` throws is thrown, and nothing stored; it may be asked more than once.
   */
  change<Result>(decide: (standing: Standing) => Change<Result>): Promise<Result>;
  /** Keys by name and when they were last used; a later time that is stored stays. */
  touch(uses: ReadonlyMap<string, Millis>): Promise<void>;
  close(): Promise<void>;
}
