import type { Verdict } from '@onym/sdk';

/** How text is set apart: by colour in a terminal, and not at all elsewhere. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

const asItIs = (text: string): string => text;

export const plainStyle: Style = { bold: asItIs, dim: asItIs, verdict: (_, text) => text };

const escaped = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;

const byVerdict: Readonly<Record<Verdict, (text: string) => string>> = {
  applied: escaped(32, 39),
  unchanged: escaped(36, 39),
  held: escaped(33, 39),
  refused: escaped(31, 39),
};

export const colourStyle: Style = {
  bold: escaped(1, 22),
  dim: escaped(2, 22),
  verdict: (verdict, text) => byVerdict[verdict](text),
};
