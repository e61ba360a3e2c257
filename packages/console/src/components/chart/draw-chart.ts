import UPlot from 'uplot';
import { shownText } from '../../characters.ts';
import { formatTime } from '../../format.ts';
import { token } from '../../preferences/token.ts';
import type { ChartData } from './chart-data.ts';

interface Options {
  readonly names: readonly string[];
  readonly across: string;
  readonly kind: 'line' | 'bar';
  readonly timeZone: string;
}

const height = 320;
const lineColours = ['--accent', '--held', '--known', '--separated', '--muted'] as const;
const labelLengthMax = 18;

/** Draws into an element, as wide as it is, until what it returns is called. */
export function drawChart(host: HTMLElement, { xs, ys, labels, time }: ChartData, options: Options): () => void {
  const { names, across, kind, timeZone } = options;
  const labelAt = (place: number) => (labels === null ? '' : shownText(labels[place] ?? '').slice(0, labelLengthMax));
  const axis: UPlot.Axis = {
    stroke: token('--muted'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--line') },
  };
  const xAxis: UPlot.Axis = {
    ...axis,
    ...(labels !== null && {
      values: (_: UPlot, places: number[]) => places.map((place) => (Number.isInteger(place) ? labelAt(place) : '')),
    }),
    ...(time && {
      values: (_: UPlot, moments: number[], _axis: number, _space: number, step: number) =>
        moments.map((seconds) => momentText(seconds, step, timeZone)),
    }),
  };
  const pathsOf = (index: number) => (kind === 'bar' ? barPaths(xs, index, names.length) : undefined);
  // Bars begin at zero, or their lengths would say nothing.
  const range: UPlot.Range.Function = (_, min, max) =>
    kind === 'bar' ? [Math.min(0, min), max <= 0 ? 1 : max * 1.05] : UPlot.rangeNum(min, max, 0.1, true);

  const plot = new UPlot(
    {
      width: host.clientWidth,
      height,
      tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), timeZone),
      scales: {
        x: {
          time,
          ...(kind === 'bar' && {
            range: (_: UPlot, min: number, max: number): [number, number] => padded(min, max, xs),
          }),
        },
        y: { range },
      },
      axes: [xAxis, { ...axis, size: 64 }],
      series: [
        {
          label: across,
          ...(time && {
            value: (_: UPlot, seconds: number | null) =>
              seconds === null ? '' : formatTime(new Date(seconds * 1_000).toISOString(), timeZone).slice(0, 19),
          }),
          ...(labels !== null && { value: (_: UPlot, place: number | null) => (place === null ? '' : labelAt(place)) }),
        },
        ...names.map((label, index): UPlot.Series => {
          const colour = token(lineColours[index % lineColours.length]!);
          const paths = pathsOf(index);
          return {
            label,
            stroke: colour,
            width: 2,
            ...(paths !== undefined && { paths, fill: colour }),
            points: { show: xs.length === 1 },
          };
        }),
      ],
    },
    [[...xs], ...ys.map((values) => [...values])] as UPlot.AlignedData,
    host,
  );
  const resized = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height }));
  resized.observe(host);
  return () => {
    resized.disconnect();
    plot.destroy();
  };
}

const secondsOfDay = 86_400;

/** `2026-11-28`, or `13:30` where a day has several marks. */
function momentText(seconds: number, step: number, timeZone: string): string {
  const text = formatTime(new Date(seconds * 1_000).toISOString(), timeZone);
  const [date, clock] = [text.slice(0, 10), text.slice(11, 16)];
  return step >= secondsOfDay || clock === '00:00' ? date : clock;
}

/** The least distance of two places along x. */
function stepOf(xs: readonly number[]): number {
  const steps = xs.slice(1).map((x, index) => x - xs[index]!);
  return Math.min(...steps.filter((step) => step > 0), xs.length > 1 ? Number.POSITIVE_INFINITY : 1);
}

/** Half a bar more on either side. */
function padded(min: number, max: number, xs: readonly number[]): [number, number] {
  const step = stepOf(xs);
  return [min - step / 2, max + step / 2];
}

const groupShare = 0.7;

/** The bars of one series of several, which stand side by side at each place. */
function barPaths(xs: readonly number[], index: number, series: number): UPlot.Series.PathBuilder | undefined {
  const group = stepOf(xs) * groupShare;
  const width = group / series;
  return UPlot.paths.bars?.({
    align: 1,
    disp: {
      x0: { unit: 1, values: () => xs.map((x) => x - group / 2 + index * width) },
      size: { unit: 1, values: () => xs.map(() => width) },
    },
  });
}
