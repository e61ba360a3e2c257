import type { Answer, Column } from '../../api/ask-sql.ts';

const inner = (type: string): string => {
  const wrapped = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];
  return wrapped === undefined ? type : inner(wrapped);
};

export const isNumber = ({ type }: Column): boolean => /^(?:U?Int|Float|Decimal)/.test(inner(type));

export const isTime = ({ type }: Column): boolean => /^Date/.test(inner(type));

/** The columns of a chart: those that were chosen and are there, else the first that is no number, and all numbers beside it. */
export function chartColumns({ meta }: Answer, x: string | undefined, y: readonly string[] | undefined) {
  const across = meta.find(({ name }) => name === x) ?? meta.find((column) => !isNumber(column)) ?? meta[0];
  const numbers = meta.filter((column) => isNumber(column) && column !== across);
  const chosen = numbers.filter(({ name }) => y?.includes(name));
  return { across, numbers, up: chosen.length > 0 ? chosen : numbers };
}

/** Epoch seconds of what the engine writes for dates and times, which is UTC. */
export const secondsOf = (value: unknown): number | null => {
  const time = Date.parse(`${String(value).replace(' ', 'T')}${String(value).length > 10 ? 'Z' : ''}`);
  return Number.isNaN(time) ? null : time / 1_000;
};
