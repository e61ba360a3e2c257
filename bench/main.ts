/** `npm run bench` runs every measure at size S; `npm run bench -- B1 B4 --size M` some of them. See docs/performance.md. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measure, type Options, type Size, VoidRun } from './measure.ts';
import { aliasLatency } from './measures/alias-latency.ts';
import { analyst } from './measures/analyst.ts';
import { batchTrack } from './measures/batch-track.ts';
import { growth } from './measures/growth.ts';
import { importing } from './measures/importing.ts';
import { merges } from './measures/merges.ts';
import { neighbours } from './measures/neighbours.ts';
import { overlay } from './measures/overlay.ts';
import { repeats } from './measures/repeats.ts';
import { resolveIds } from './measures/resolve-ids.ts';
import { singleTrack } from './measures/single-track.ts';
import { type Finished, printTable, save } from './report.ts';

const measures: readonly Measure[] = [
  singleTrack,
  batchTrack,
  merges,
  aliasLatency,
  overlay,
  importing,
  resolveIds,
  growth,
  repeats,
  neighbours,
  analyst,
];
const sizes: readonly Size[] = ['S', 'M', 'L'];
const roundsMin = 5;

function readArguments(): { chosen: readonly Measure[]; options: Options } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: 'S' },
      rounds: { type: 'string', default: String(roundsMin) },
      soak: { type: 'string' },
      long: { type: 'boolean', default: false },
      profile: { type: 'string' },
      against: { type: 'string' },
    },
  });
  const size = sizes.find((name) => name === values.size.toUpperCase());
  if (size === undefined) throw new Error(`--size is one of ${sizes.join(', ')}`);
  const wanted = positionals.map((name) => {
    const measure = measures.find((one) => one.name === name.toUpperCase());
    if (measure === undefined) throw new Error(`There is ${measures.map((one) => one.name).join(', ')}; not ${name}.`);
    return measure;
  });
  const rounds = Math.max(roundsMin, Number(values.rounds) || roundsMin);
  const soakSeconds = values.soak === undefined ? null : Number(values.soak);
  const against = values.against === undefined ? null : resolve(values.against);
  const profileDirectory = values.profile === undefined ? null : resolve(values.profile);
  return {
    chosen: wanted.length > 0 ? wanted : measures,
    options: { size, rounds, soakSeconds, long: values.long, profileDirectory, against, plotsDirectory: null },
  };
}

const { chosen, options } = readArguments();
const finished: Finished[] = [];
const startedAt = performance.now();
for (const measure of chosen) {
  const progress = (text: string) =>
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${measure.name}  ${text}`);
  progress(measure.title);
  try {
    finished.push({ name: measure.name, ...(await measure.run(options, progress)), voidBecause: null });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof VoidRun)) console.error(error);
    finished.push({ name: measure.name, figures: [], notes: [], voidBecause: message });
    process.exitCode = 1;
  }
}
console.log();
printTable(finished);
console.log(`\nWritten to ${save(finished, options)}`);
