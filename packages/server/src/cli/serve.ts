import type { Command } from 'commander';
import { type Config, ConfigError } from '../config.ts';
import { reachable } from '../keys/local-access.ts';
import { limits } from '../limits.ts';
import type { Server } from '../server.ts';
import { version } from '../version.ts';
import { tellFirstKeys } from './first-keys.ts';
import { listenForInterruption } from './interruption.ts';
import { configOf, configurationOptions, exitCode } from './options.ts';
import { bold, print, printNote, shown, watchedLog } from './print.ts';
import { signInLink } from './sign-in-link.ts';
import { leaveStandardInput } from './standard-input.ts';

export function serveCommand(program: Command): void {
  configurationOptions(program.command('serve'))
    .description('run the server')
    .action(async (options: Record<string, unknown>) => {
      const config = configOf(options);
      leaveStandardInput();
      // From here on: one that comes while the directory is opened ends the start, and who reads the greeting may send one at once.
      // A second one ends the process the hard way, which loses nothing that was acknowledged.
      const interruption = listenForInterruption(['SIGINT', 'SIGTERM'], () => process.exit(exitCode.failed));
      const watched = process.stdout.isTTY ? watchedLog() : null;
      process.once('exit', () => watched?.release());
      const server = await started(config, watched, interruption.signal);
      process.exitCode = exitCode.ok;
      if (server === null) return printNote('onym: Stopped before it listened.');
      let url: string;
      let firstKeys: string[] = [];
      try {
        firstKeys = tellFirstKeys(server.newKeys, config);
        url = await server.listen();
      } catch (error) {
        await server.stop();
        // They are made, and shown at no other start.
        if (firstKeys.length > 0) print(firstKeys.join('\n'));
        throw notListening(error, config);
      }
      await greet(server, url, config, firstKeys);
      watched?.release();
      await interruption.happened;
      await server.stop();
    });
}

/** null when it was told to stop meanwhile. */
async function started(config: Config, watched: WatchedLog | null, signal: AbortSignal): Promise<Server | null> {
  try {
    // Only here: the engines take a moment to load, which no other command should wait for.
    const { createServer } = await import('../server.ts');
    const logger = { level: config.logLevel, ...(watched === null ? {} : { stream: watched }) };
    return await createServer({ config, logger, signal });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

function notListening(error: unknown, { metrics, ...main }: Config): unknown {
  const isOfMetrics =
    metrics !== null && (error as { port?: number }).port === metrics.port && metrics.port !== main.port;
  const { host, port } = isOfMetrics ? metrics : main;
  const [hostVariable, portVariable] = isOfMetrics
    ? ['ONYM_METRICS_HOST', 'ONYM_METRICS_PORT']
    : ['ONYM_HOST', 'ONYM_PORT'];
  switch ((error as { code?: string }).code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `${portVariable} ${port} of ${host} is in use. Stop what listens there, or give another port.`,
      );
    case 'EACCES':
      return new ConfigError(`${portVariable} ${port} needs rights that this process has not. Give one from 1024 on.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(`${hostVariable} ${host} is no address of this machine. 0.0.0.0 listens at all of them.`);
    default:
      return error;
  }
}

const tokenMinutes = limits.signInTokenMaxMs / 60_000;

type WatchedLog = ReturnType<typeof watchedLog>;

/** A text for people; for a program one more line of the log, whatever its level. */
async function greet(server: Server, url: string, config: Config, firstKeys: readonly string[]): Promise<void> {
  const { app, metricsUrl } = server;
  if (process.stdout.isTTY) {
    const token = await tokenToShow(server, config);
    const console =
      token === null
        ? ['`onym console` prints a link that signs in']
        : [
            signInLink(reachable(url), token),
            `signs in once, within ${tokenMinutes} minutes; \`onym console\` prints another`,
          ];
    print(greeting(url, console, metricsUrl(), config, firstKeys));
    return;
  }
  const { environments, dataDir: data } = config;
  const log = app.log.child({}, { level: 'info' });
  const metrics = metricsUrl() === null ? {} : { metrics: `${metricsUrl()}/metrics` };
  log.info({ environments, data, ...metrics }, `Onym ${version} listens at ${url}`);
  if (firstKeys.length === 0) return;
  // Whoever wants the keys themselves here has said so.
  if (config.keysFile === '-') print(firstKeys.join('\n'));
  else log.info(firstKeys.map((line) => line.trim()).join(' '));
}

/** A log is no place for what lets in whoever has it, nor a terminal that no keys are to be shown on. */
async function tokenToShow(server: Server, { keysFile }: Config): Promise<string | null> {
  if (keysFile !== null && keysFile !== '-') return null;
  // Where there is no room for one, a server goes on without.
  return server.signInToken().catch(() => null);
}

function greeting(
  url: string,
  console: readonly string[],
  metricsUrl: string | null,
  config: Config,
  firstKeys: readonly string[],
): string {
  return [
    `${bold(`Onym ${version}`)} listens at ${url}`,
    `  environments  ${config.environments.join(', ')}`,
    `  data          ${shown(config.dataDir)}`,
    `  API           ${url}/docs`,
    ...console.map((line, i) => `  ${i === 0 ? 'console' : '       '}       ${line}`),
    ...(metricsUrl === null ? [] : [`  metrics       ${metricsUrl}/metrics, without a key`]),
    '',
    ...(firstKeys.length > 0
      ? firstKeys
      : ['`onym keys list` shows the keys there are; `onym keys create` makes another.']),
  ].join('\n');
}
