import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure, Options, Result } from './measure.ts';
import { median, ratios, type Series, spreadOf } from './series.ts';

export interface Finished extends Result {
  readonly name: string;
  /** Why the run does not count; null when it does. */
  readonly voidBecause: string | null;
}

const resultsDirectory = new URL('./results/', import.meta.url).pathname;

function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 1_000) return Math.round(value).toLocaleString('en');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** What a goal is of: the ratio of each round, or the figure itself. */
const judgedOf = ({ subject, beside }: Figure): Series => (beside === null ? subject : ratios(subject, beside));

function goalOf({ goal }: Figure): string {
  if (goal === null) return '';
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

function isMet({ goal }: Figure, judged: number): boolean | null {
  if (goal === null) return null;
  return 'atLeast' in goal ? judged >= goal.atLeast : judged <= goal.atMost;
}

const header = ['', 'measure', 'figure', 'beside', 'unit', 'ratio', 'spread', 'goal', 'met'] as const;

function cells(figure: Figure): string[] {
  const { what, subject, beside, besideWhat } = figure;
  const judged = spreadOf(judgedOf(figure));
  const met = isMet(figure, judged.median);
  return [
    figure.measure,
    beside === null ? what : `${what} / ${besideWhat}`,
    number(median(subject)),
    beside === null ? '' : number(median(beside)),
    figure.unit,
    beside === null ? '' : number(judged.median),
    `${number(judged.min)}–${number(judged.max)}`,
    goalOf(figure),
    met === null ? '' : met ? 'yes' : 'no',
  ];
}

export function printTable(finished: readonly Finished[]): void {
  const lines = [[...header], ...finished.flatMap(({ figures }) => figures.map(cells))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  for (const { name, notes, voidBecause } of finished) {
    for (const note of notes) console.log(`${name}: ${note}`);
    if (voidBecause !== null) console.log(`${name} is VOID: ${voidBecause}`);
  }
}

const machine = {
  cpu: cpus()[0]?.model.trim() || 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}`,
  node: process.version,
};

/** Every value of every round, so that other statistics can be made of them. Returns the file's name. */
export function save(finished: readonly Finished[], options: Options): string {
  mkdirSync(resultsDirectory, { recursive: true });
  const date = new Date().toISOString();
  const file = join(resultsDirectory, `${date.slice(0, 19).replaceAll(':', '')}.json`);
  const results = finished.map((result) => ({
    ...result,
    figures: result.figures.map((figure) => {
      const judged = spreadOf(judgedOf(figure));
      return { ...figure, [figure.beside === null ? 'spread' : 'ratio']: judged, met: isMet(figure, judged.median) };
    }),
  }));
  const { size, rounds, soakSeconds } = options;
  writeFileSync(
    file,
    `${JSON.stringify({ date, machine, options: { size, rounds, soakSeconds }, results }, null, 2)}\n`,
  );
  return file;
}
