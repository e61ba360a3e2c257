import { type Command, InvalidArgumentError, Option } from 'commander';
import { clickHouseVariables } from '../clickhouse-config.ts';
import { type Config, readConfig, type Variable, variables } from '../config.ts';
import { limits } from '../limits.ts';
import { postgresVariables } from '../postgres-config.ts';

/** 0: done, or yes. 1: the answer is no, or differences were found. 2: it could not be done. 75: not now; the same may work later. */
export const exitCode = { ok: 0, no: 1, failed: 2, later: 75 } as const;

/** A variable as a flag of the same name: ONYM_DATA_DIR is --data-dir. */
export function configurationOptions(
  command: Command,
  names: readonly Variable[] = Object.keys(variables) as Variable[],
): Command {
  for (const variable of names) {
    const description = variables[variable];
    const flag = variable.slice('ONYM_'.length).toLowerCase().replaceAll('_', '-');
    command.addOption(new Option(`--${flag} <value>`, description).env(variable));
  }
  return command;
}

/** Flag values by option name, as commander gives them: `dataDir` for --data-dir. */
export function configOf(options: Record<string, unknown>): Config {
  const env: Partial<Record<Variable, string>> = {};
  for (const variable of Object.keys(variables) as Variable[]) {
    const name = variable
      .slice('ONYM_'.length)
      .toLowerCase()
      .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = options[name];
    if (typeof value === 'string') env[variable] = value;
  }
  return readConfig({ ...process.env, ...env });
}

/** Of the servers that hold what nodes share. */
export const serverVariableNames = Object.keys({ ...postgresVariables, ...clickHouseVariables }) as Variable[];

/** Which servers hold what nodes share, where any do, and what acknowledges an event; for `readConfig`. */
export function serverVariables(): Partial<Record<Variable, string | undefined>> {
  const names: readonly Variable[] = [...serverVariableNames, 'ONYM_ACKNOWLEDGE'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Which server is asked. */
export interface PlaceOptions {
  readonly url?: string;
  readonly key?: string;
  readonly dataDir: string;
}

export interface ReadOptions extends PlaceOptions {
  readonly environment: string;
  readonly json?: boolean;
}

/** How many entries of a list are wanted, as an option has it. */
export function pageSizeOf(text: string): number {
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= 1 && size <= limits.pageSizeMax) return size;
  throw new InvalidArgumentError(`Give a number from 1 to ${limits.pageSizeMax}.`);
}

/** What every command that asks a server takes. */
export function readOptions(command: Command): Command {
  return placeOptions(
    command
      .option('-e, --environment <name>', 'environment to look in', 'production')
      .option('--json', 'print JSON for machines instead of a table'),
  );
}

export function placeOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'server to ask, when it is not the one of the data directory').env('ONYM_URL'))
    .addOption(new Option('--key <secret key>', 'secret key for --url').env('ONYM_SECRET_KEY'))
    .addOption(
      new Option('--data-dir <path>', 'data directory of the server').env('ONYM_DATA_DIR').default('./onym-data'),
    );
}

/**
 * What commander takes for a value and is none: the next flag, where a value was left out, or nothing, where a variable of the shell was
 * empty. And what would have no effect.
 */
export function checkValues(command: Command): void {
  const flags = command.options.flatMap(({ long, short }) => [long, short]);
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  for (const option of command.options.filter((one) => one.required && isGiven(one.attributeName()))) {
    const values = [command.getOptionValue(option.attributeName())].flat();
    if (values.some((value) => value === '' || flags.includes(value) || /^--./.test(String(value))))
      command.error(`error: option '${option.flags}' argument missing`);
  }
  if (!('url' in command.opts()) && isGiven('key')) command.error('error: --key is of use with --url alone');
  if (isGiven('url') && isGiven('dataDir')) command.error('error: --url and --data-dir name two servers: give one');
}
