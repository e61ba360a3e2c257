import type { Call } from '../calls.ts';
import type { Cells, ImportKind, Vendor } from '../types.ts';
import type { Look } from './look.ts';

/** The beginning of a file. */
export interface Sample {
  readonly look: Look;
  readonly rows: readonly Cells[];
}

/** What a row of a vendor's file is read with. */
export interface VendorContext {
  readonly look: Look;
  /** When the row happened, as text; undefined where it is now. Throws where an event does not say. */
  time(cells: Cells): string | undefined;
  /** Notes a part of a row that has no counterpart, by its path: it is told, and never dropped in silence. */
  unused(path: string): void;
}

/** One kind of file that a vendor gives out. */
export interface VendorTable {
  readonly vendor: Vendor;
  /** `PostHog persons export`. */
  readonly title: string;
  /** What its rows mostly are: whether they need a time, and whether columns without a meaning become traits or properties. */
  readonly kind: ImportKind;
  /** Columns that mean something by plain name or path, and what; a column of an object's members goes with the object. */
  readonly columns: Readonly<Record<string, string>>;
  /** Names or paths that say when, the best first. */
  readonly times: readonly string[];
  /** Columns that mean something by their form: what, or null. */
  readonly meaningOf?: (column: string, look: Look) => string | null;
  /** Whether the file can be nothing else. */
  fits(sample: Sample): boolean;
  /** Whether it may be read so when asked to. */
  mayBe(sample: Sample): boolean;
  /** The calls that a row stands for, in order. Throws the row's OnymError. */
  reader(context: VendorContext, sample: Sample): (cells: Cells) => Call[];
}
