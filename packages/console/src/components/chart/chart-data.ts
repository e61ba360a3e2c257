import type { Answer, Column } from '../../api/ask-sql.ts';
import { isNumber, isTime, secondsOf } from './columns.ts';

export interface ChartData {
  /** Epoch seconds, numbers, or the places of `labels`. */
  readonly xs: readonly number[];
  readonly ys: readonly (readonly (number | null)[])[];
  readonly labels: readonly string[] | null;
  readonly time: boolean;
}

const numberOf = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** An answer as what a chart draws: sorted along x, which a line goes by. Texts stand in the order in which they came. */
export function chartData({ data }: Answer, across: Column, up: readonly Column[]): ChartData {
  const time = isTime(across);
  const numeric = !time && isNumber(across);
  const places = data.map((row, index) => ({
    row,
    x: time ? secondsOf(row[across.name]) : numeric ? numberOf(row[across.name]) : index,
  }));
  const drawn = places.filter((place): place is { row: (typeof data)[number]; x: number } => place.x !== null);
  if (time || numeric) drawn.sort((a, b) => a.x - b.x);
  return {
    xs: drawn.map(({ x }) => x),
    ys: up.map(({ name }) => drawn.map(({ row }) => numberOf(row[name]))),
    labels: time || numeric ? null : data.map((row) => String(row[across.name])),
    time,
  };
}
