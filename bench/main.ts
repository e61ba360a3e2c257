/** `npm run bench` runs every measure at size S; `npm run bench -- B1 B4 --size M` some of them. See docs/performance.md. */
import { existsSync } from 'node:fs';
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
import { drawCurves } from './plots.ts';
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
/** Of which each fifth has some seconds. */
const soakSecondsMin = 20;

const usage = `npm run bench -- [measure …] [options]

${measures.map(({ name, title }) => `  ${name.padEnd(4)} ${title}`).join('\n')}

  --size S|M|L       how much there is of what is measured; S without it
  --rounds <n>       at least ${roundsMin}
  --long             B4 with the cases that take minutes
  --soak <seconds>   B1 as a soak instead: the product mix, memory each second
  --plots <folder>   draw what grows, as SVG
  --profile <folder> CPU profiles of the server
  --against <folder> another checkout, already built, beside this one (B1, B2, B7, B9)`;

class UsageError extends Error {}

function readArguments(): { chosen: readonly Measure[]; options: Options } | null {
  const { values, positionals } = parsed();
  if (values.help) return null;
  const size = sizes.find((name) => name === values.size.toUpperCase());
  if (size === undefined) throw new UsageError(`--size is one of ${sizes.join(', ')}, not ${values.size}.`);
  const wanted = positionals.map((name) => {
    const measure = measures.find((one) => one.name === name.toUpperCase());
    if (measure === undefined) throw new UsageError(`There is no measure ${name}.`);
    return measure;
  });
  const folder = (given: string | undefined) => (given === undefined ? null : resolve(given));
  const against = folder(values.against);
  if (against !== null && !existsSync(resolve(against, 'packages/server/bin/onym.cjs'))) {
    throw new UsageError(`--against: ${against} is no checkout of this repository.`);
  }
  const soakSeconds = values.soak === undefined ? null : countOf('--soak', values.soak, soakSecondsMin);
  if (soakSeconds !== null && wanted.some(({ name }) => name !== singleTrack.name)) {
    throw new UsageError('--soak is of B1 alone.');
  }
  const all = soakSeconds === null ? measures : [singleTrack];
  return {
    chosen: wanted.length > 0 ? wanted : all,
    options: {
      size,
      rounds: values.rounds === undefined ? roundsMin : countOf('--rounds', values.rounds, roundsMin),
      soakSeconds,
      long: values.long,
      profileDirectory: folder(values.profile),
      against,
      plotsDirectory: folder(values.plots),
    },
  };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        size: { type: 'string', default: 'S' },
        rounds: { type: 'string' },
        soak: { type: 'string' },
        long: { type: 'boolean', default: false },
        profile: { type: 'string' },
        against: { type: 'string' },
        plots: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function countOf(option: string, given: string, min: number): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= min) return count;
  throw new UsageError(`${option} is a whole number from ${min} on, not ${given}.`);
}

async function runAll({ chosen, options }: { chosen: readonly Measure[]; options: Options }): Promise<void> {
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
  if (options.plotsDirectory === null) return;
  const curves = finished.flatMap((result) => result.curves ?? []);
  for (const file of drawCurves(options.plotsDirectory, curves)) console.log(`Drawn ${file}`);
}

try {
  const asked = readArguments();
  if (asked === null) console.log(usage);
  else await runAll(asked);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}
// Said outright: what ends a PostgreSQL with its process would otherwise end this one with 0.
process.exit();
