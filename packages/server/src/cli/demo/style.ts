import type { Verdict } from '@onym/sdk';
import { styles } from '../print.ts';

/** How text is set apart: by colour in a terminal, and not at all elsewhere. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  verdict(verdict: Verdict, text: string): string;
}

const asItIs = (text: string): string => text;

export const plainStyle: Style = { bold: asItIs, dim: asItIs, good: asItIs, verdict: (_, text) => text };

const byVerdict: Readonly<Record<Verdict, (text: string) => string>> = {
  applied: styles.green,
  unchanged: styles.cyan,
  held: styles.yellow,
  refused: styles.red,
};

export const colourStyle: Style = {
  bold: styles.bold,
  dim: styles.dim,
  good: styles.green,
  verdict: (verdict, text) => byVerdict[verdict](text),
};
