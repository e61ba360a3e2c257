import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Curve } from './measure.ts';

/** Curves as SVG: small, without scripts or fonts, readable on light and dark pages. */

const width = 640;
const height = 300;
const margin = { left: 64, right: 150, top: 36, bottom: 48 } as const;
const ticksMax = 5;
/** Told apart by those who see few colours, too. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const;
const ink = '#767676';

type Scale = (value: number) => number;

export function drawCurves(directory: string, curves: readonly Curve[]): string[] {
  mkdirSync(directory, { recursive: true });
  return curves.map((curve) => {
    const file = join(directory, `${curve.name}.svg`);
    writeFileSync(file, svgOf(curve));
    return file;
  });
}

export function svgOf({ title, x, y, isLogarithmic, lines }: Curve): string {
  const points = lines.flatMap((line) => line.points);
  const xs = points.map(([value]) => value);
  const top = niceAbove(Math.max(...points.map(([, value]) => value)));
  const toX = scaleOf(isLogarithmic ? Math.log10 : (value) => value, xs, [margin.left, width - margin.right]);
  const toY = scaleOf((value) => value, [0, top], [height - margin.bottom, margin.top]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="sans-serif" font-size="12" fill="${ink}">
<title>${escaped(title)}</title>
<text x="${margin.left}" y="18" font-size="14">${escaped(title)}</text>
${axes(x, y)}
${Array.from({ length: ticksMax }, (_, n) => (top * n) / (ticksMax - 1))
  .map((value) => yTick(toY(value), value))
  .join('\n')}
${xTicks(xs)
  .map((value) => xTick(toX(value), value))
  .join('\n')}
${lines.map((line, n) => drawn(line, colours[n % colours.length]!, { toX, toY })).join('\n')}
${legend(lines.map(({ label }) => label))}
</svg>
`;
}

function scaleOf(transform: (value: number) => number, values: readonly number[], [from, to]: [number, number]): Scale {
  const [least, most] = [transform(Math.min(...values)), transform(Math.max(...values))];
  const span = most - least || 1;
  return (value) => Math.round((from + ((transform(value) - least) / span) * (to - from)) * 10) / 10;
}

/** The next of 1, 2, 4, 8 times a power of ten, of which a quarter is a short number. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 4, 8, 10].map((factor) => factor * power).find((nice) => nice >= value)!;
}

/** Some of the places where something was measured. */
function xTicks(xs: readonly number[]): number[] {
  const places = [...new Set(xs)].sort((a, b) => a - b);
  const step = (places.length - 1) / (ticksMax - 1);
  if (places.length <= ticksMax) return places;
  return Array.from({ length: ticksMax }, (_, n) => places[Math.round(n * step)]!);
}

const axes = (x: string, y: string): string => {
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  return `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="${ink}"/>
<text x="${(margin.left + right) / 2}" y="${height - 12}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`;
};

const yTick = (at: number, value: number): string =>
  `<path d="M${margin.left} ${at}H${width - margin.right}" stroke="${ink}" stroke-opacity="0.25"/><text x="${margin.left - 6}" y="${at + 4}" text-anchor="end">${short(value)}</text>`;

const xTick = (at: number, value: number): string =>
  `<text x="${at}" y="${height - margin.bottom + 18}" text-anchor="middle">${short(value)}</text>`;

function drawn(
  { points }: Curve['lines'][number],
  colour: string,
  { toX, toY }: { readonly toX: Scale; readonly toY: Scale },
): string {
  const path = points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${toX(x)} ${toY(y)}`).join('');
  const dotsMax = 20;
  const dots = points.length > dotsMax ? [] : points;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots
    .map(([x, y]) => `<circle cx="${toX(x)}" cy="${toY(y)}" r="3" fill="${colour}"/>`)
    .join('')}`;
}

const legend = (labels: readonly string[]): string =>
  labels
    .map((label, n) => {
      const y = margin.top + 12 + n * 20;
      const x = width - margin.right + 12;
      return `<path d="M${x} ${y - 4}h14" stroke="${colours[n % colours.length]}" stroke-width="2"/><text x="${x + 20}" y="${y}">${escaped(label)}</text>`;
    })
    .join('\n');

const short = (value: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
