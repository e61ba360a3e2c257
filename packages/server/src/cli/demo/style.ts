import type { Verdict } from '@onym/sdk';

/** How text is set apart: by colour in a terminal, and not at all elsewhere. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

const asItIs = (text: string): string => text;

export const plainStyle: Style = { bold: asItIs, dim: asItIs, good: asItIs, verdict: (_, text) => text };

const escaped = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

const green = escaped(32, 39);
const byVerdict: Readonly<Record<Verdict, (text: string) => string>> = {
  applied: green,
  unchanged: escaped(36, 39),
  held: escaped(33, 39),
  refused: escaped(31, 39),
};

export const colourStyle: Style = {
  bold: escaped(1, 22),
  dim: escaped(2, 22),
  good: green,
  verdict: (verdict, text) => byVerdict[verdict](text),
};
