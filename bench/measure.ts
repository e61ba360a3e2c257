import type { Series } from './series.ts';

export type Size = 'S' | 'M' | 'L';

export interface Options {
  readonly size: Size;
  readonly rounds: number;
  /** Seconds of the soak of B1; null runs the measure itself. */
  readonly soakSeconds: number | null;
  /** Also run the cases that take long. */
  readonly long: boolean;
  /** Where to write CPU profiles of the server; null for none. */
  readonly profileDirectory: string | null;
  /** Another checkout, already built, to compare the server with; null for none. */
  readonly against: string | null;
  /** Where to draw what grows; null for nowhere. */
  readonly plotsDirectory: string | null;
}

/** One line of the table: a figure beside another, both of the same run. */
export interface Figure {
  readonly measure: string;
  readonly what: string;
  readonly unit: string;
  readonly subject: Series;
  /** null: there is nothing to put beside it, and the goal is of the figure itself. */
  readonly beside: Series | null;
  /** What `beside` is. */
  readonly besideWhat: string;
  /** Of the ratio subject / beside; null where there is no goal. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number } | null;
}

/** How something grows with something else, to be drawn. */
export interface Curve {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** x on a logarithmic scale. */
  readonly isLogarithmic: boolean;
  readonly lines: readonly { readonly label: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

export interface Result {
  readonly figures: readonly Figure[];
  /** What else was seen; printed below the table. */
  readonly notes: readonly string[];
  readonly curves?: readonly Curve[];
}

export type Progress = (text: string) => void;

export interface Measure {
  readonly name: string;
  readonly title: string;
  run(options: Options, progress: Progress): Promise<Result>;
}

/** A run whose result is wrong is void. */
export class VoidRun extends Error {
  override readonly name = 'VoidRun';
}

export function check(isRight: boolean, what: string): void {
  if (!isRight) throw new VoidRun(what);
}
