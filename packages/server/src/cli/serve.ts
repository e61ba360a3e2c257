import type { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { version } from '../version.ts';
import { listenForInterruption } from './interruption.ts';
import { configurationOptions, exitCode } from './main.ts';
import { configOf } from './options.ts';
import { bold, print } from './print.ts';
import { leaveStandardInput } from './standard-input.ts';

export function serveCommand(program: Command): void {
  configurationOptions(program.command('serve'))
    .description('run the server')
    .action(async (options: Record<string, unknown>) => {
      const config = configOf(options);
      leaveStandardInput();
      // Only here: the engines take a moment to load, which no other command should wait for.
      const { createServer } = await import('../server.ts');
      // From here on: who reads the greeting may send one before the next statement runs.
      // A second one ends the process the hard way, which loses nothing that was acknowledged.
      const interruption = listenForInterruption(['SIGINT', 'SIGTERM'], () => process.exit(exitCode.failed));
      const server = await createServer({ config, logger: { level: config.logLevel } });
      let url: string;
      try {
        url = await server.listen();
      } catch (error) {
        await server.stop();
        throw notListening(error, config);
      }
      print(greeting(url, config, server.newKeys));
      await interruption.happened;
      await server.stop();
      process.exitCode = exitCode.ok;
    });
}

function notListening(error: unknown, { host, port }: ReturnType<typeof configOf>): unknown {
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

function greeting(
  url: string,
  config: ReturnType<typeof configOf>,
  { writeKey, secretKey }: { writeKey: string | null; secretKey: string | null },
): string {
  const lines = [
    `${bold(`Onym ${version}`)} listens at ${url}`,
    `  environments  ${config.environments.join(', ')}`,
    `  data          ${config.dataDir}`,
  ];
  if (writeKey !== null || secretKey !== null) {
    lines.push('', 'Keys made by this first start. They are shown once; keep them:');
    if (writeKey !== null) lines.push(`  ONYM_WRITE_KEY=${writeKey}`);
    if (secretKey !== null) lines.push(`  ONYM_SECRET_KEY=${secretKey}`);
  } else {
    lines.push('', '`onym keys list` shows the keys there are; `onym keys create` makes another.');
  }
  return lines.join('\n');
}
