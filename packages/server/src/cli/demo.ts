import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createListener } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError, readConfig } from '../config.ts';
import type { Server } from '../server.ts';
import { type Interruption, listenForInterruption } from './interruption.ts';
import { exitCode } from './options.ts';
import { print } from './print.ts';
import { leaveStandardInput } from './standard-input.ts';
import { RequestError } from './transport.ts';

interface DemoOptions {
  readonly fast?: boolean;
  readonly data?: number;
  readonly port?: number;
}

const host = '127.0.0.1';
const usualPort = 7700;
const dataHelp = 'instead of the story, so many events of a shop to ask about: the data of docs/sql.md';
const portHelp = `port to listen on (${usualPort}, or any free one where that is in use)`;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('watch it work: a server in a temporary folder, and a small shop that uses it')
    .option('--fast', 'no pauses')
    .addOption(new Option('--data <events>', dataHelp).argParser(eventsOf))
    .addOption(new Option('--port <port>', portHelp).argParser(portOf))
    .addHelpText('after', '\nReads and writes no data but its own. Ctrl-C ends it and removes the folder.')
    .action(async (options: DemoOptions) => {
      const port = await portFor(options.port);
      const folder = makeFolder();
      const remove = () => rmSync(folder, { recursive: true, force: true });
      const interruption = listenForInterruption(['SIGINT', 'SIGTERM', 'SIGHUP'], () => {
        remove();
        process.exit(exitCode.failed);
      });
      // Whoever watched is gone. The listener stays: writing to nobody must not become an error of its own.
      process.stdout.on('error', interruption.interrupt);
      try {
        await run(folder, port, options, interruption);
      } catch (error) {
        throw earlyEnd(error);
      } finally {
        remove();
        interruption.end();
      }
      print(`\nStopped. ${folder} is removed.`);
      process.exitCode = exitCode.ok;
    });
}

/** Resolves once it was interrupted, and everything is closed. */
async function run(folder: string, { port, takenPort }: Port, options: DemoOptions, interruption: Interruption) {
  // Only here: the engines take a moment to load, which no other command should wait for.
  leaveStandardInput();
  const [{ createServer }, { playDemo }, { showData }] = await Promise.all([
    import('../server.ts'),
    import('./demo/play.ts'),
    import('./demo/show-data.ts'),
  ]);
  const config = readConfig({
    ONYM_HOST: host,
    ONYM_PORT: String(port),
    ONYM_DATA_DIR: folder,
    ONYM_ENVIRONMENTS: 'production',
  });
  const server = await createServer({ config, logger: { level: 'error' } });
  const { signal, happened } = interruption;
  try {
    const place = { url: await server.listen(), folder, ...keysOf(server), command: commandName() };
    if (options.data !== undefined) await showData({ ...place, events: options.data, signal });
    else await playDemo({ ...place, takenPort, isPaced: !options.fast, signal });
    await happened;
  } catch (error) {
    // An interrupted story ends by throwing.
    if (!signal.aborted) throw error;
  } finally {
    await server.stop();
  }
}

function keysOf({ newKeys: { writeKey, secretKey } }: Server): { writeKey: string; secretKey: string } {
  if (writeKey === null || secretKey === null) throw new Error('The new data directory has keys already.');
  return { writeKey, secretKey };
}

/** As the next command is to be typed by whoever has typed this one: what npx has found is on no path. */
function commandName(): string {
  return dirname(process.argv[1] ?? '').endsWith(join('node_modules', '.bin')) ? 'npx onym' : 'onym';
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return port;
}

const dataEventsMax = 10_000_000;

function eventsOf(text: string): number {
  const events = Number(text);
  if (!/^\d+$/.test(text) || events < 1 || events > dataEventsMax)
    throw new InvalidArgumentError(`Give a number from 1 to ${dataEventsMax}.`);
  return events;
}

interface Port {
  readonly port: number;
  /** The one it would have been, where that is in use. */
  readonly takenPort: number | null;
}

async function portFor(asked: number | undefined): Promise<Port> {
  const port = asked ?? usualPort;
  if (await isFree(port)) return { port, takenPort: null };
  if (asked === undefined) return { port: 0, takenPort: usualPort };
  throw new ConfigError(`Port ${port} of ${host} can't be used. Give another one, or none: then a free one is found.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const listener = createListener()
      .once('error', () => resolve(false))
      .listen(port, host, () => listener.close(() => resolve(true)));
  });
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'onym-demo-'));
  } catch (error) {
    throw new ConfigError(
      `No folder can be made: ${(error as Error).message}. Set TMPDIR to one that can be written to.`,
    );
  }
}

function earlyEnd(error: unknown): Error {
  if (error instanceof ConfigError) return error;
  return new RequestError(
    `The demo ended early: ${(error as Error).message}\nRun it again, and report it if it ends here again. It needs some room in ${tmpdir()}; TMPDIR names another folder.`,
    null,
    error,
  );
}
