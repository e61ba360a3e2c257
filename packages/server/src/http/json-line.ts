import { stringifyExact } from '../exact-json/stringify.ts';

/** A whole answer as JSON text: it ends its line, for whoever reads it on a terminal. */
export function jsonLine(value: unknown): string {
  return `${stringifyExact(value)}\n`;
}
