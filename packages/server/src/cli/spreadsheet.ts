import { Option } from 'commander';
import { mapCells } from './csv-cells.ts';
import { RequestError } from './transport.ts';

export const excelSafeOption = (): Option =>
  new Option('--excel-safe', "CSV for a spreadsheet: a ' before each text that it would take for a formula");

/** Throws RequestError where the option would do nothing. */
export function csvOnly({ excelSafe: isAsked, format }: { readonly excelSafe?: boolean; readonly format?: string }) {
  if (isAsked && format !== 'csv') throw new RequestError('--excel-safe is of use with --format csv alone.', null);
}

/** What a spreadsheet takes for the beginning of a formula, in its wide form too; and what it skips before one. */
const formulaStart = /^"?[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const numberForm = /^"?[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"?\r?$/i;

/**
 * CSV that a spreadsheet opens without running anything: a text that begins as a formula does gets a ' before it. Numbers stay as they are.
 */
export const excelSafe = (rows: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> => mapCells(rows, safeCell);

function safeCell(cell: string): string {
  if (!formulaStart.test(cell) || numberForm.test(cell)) return cell;
  return cell.startsWith('"') ? `"'${cell.slice(1)}` : `'${cell}`;
}
