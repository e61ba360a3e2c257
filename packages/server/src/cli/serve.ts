import type { Command } from 'commander';
import { type Config, ConfigError } from '../config.ts';
import type { Server } from '../server.ts';
import { version } from '../version.ts';
import { listenForInterruption } from './interruption.ts';
import { configOf, configurationOptions, exitCode } from './options.ts';
import { bold, print, printNote, shown, watchedLog } from './print.ts';
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
      try {
        url = await server.listen();
      } catch (error) {
        await server.stop();
        // They are made, and shown at no other start.
        if (hasNew(server.newKeys)) print(keyLines(server.newKeys).join('\n'));
        throw notListening(error, config);
      }
      greet(server, url, config);
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

function notListening(error: unknown, { host, port }: Config): unknown {
  switch ((error as { code?: string }).code) {
    case 'EADDRINUSE':
      return new ConfigError(`ONYM_PORT ${port} of ${host} is in use. Stop what listens there, or give another port.`);
    case 'EACCES':
      return new ConfigError(`ONYM_PORT ${port} needs rights that this process has not. Give one from 1024 on.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(`ONYM_HOST ${host} is no address of this machine. 0.0.0.0 listens at all of them.`);
    default:
      return error;
  }
}

type NewKeys = Server['newKeys'];
type WatchedLog = ReturnType<typeof watchedLog>;

/** A text for people; for a program one more line of the log, whatever its level. */
function greet({ app, newKeys }: Server, url: string, config: Config): void {
  if (process.stdout.isTTY) {
    print(greeting(url, config, newKeys));
    return;
  }
  const { environments, dataDir: data } = config;
  app.log.child({}, { level: 'info' }).info({ environments, data }, `Onym ${version} listens at ${url}`);
  if (hasNew(newKeys)) print(keyLines(newKeys).join('\n'));
}

function greeting(url: string, config: Config, newKeys: NewKeys): string {
  return [
    `${bold(`Onym ${version}`)} listens at ${url}`,
    `  environments  ${config.environments.join(', ')}`,
    `  data          ${shown(config.dataDir)}`,
    `  API           ${url}/docs`,
    '',
    ...(hasNew(newKeys)
      ? keyLines(newKeys)
      : ['`onym keys list` shows the keys there are; `onym keys create` makes another.']),
  ].join('\n');
}

const hasNew = ({ writeKey, secretKey }: NewKeys): boolean => writeKey !== null || secretKey !== null;

function keyLines({ writeKey, secretKey }: NewKeys): string[] {
  return [
    'Keys made by this first start. They are shown once; keep them:',
    ...(writeKey === null ? [] : [`  ONYM_WRITE_KEY=${writeKey}`]),
    ...(secretKey === null ? [] : [`  ONYM_SECRET_KEY=${secretKey}`]),
  ];
}
