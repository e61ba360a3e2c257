import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError, readConfig } from '../config.ts';
import { exitCode } from './main.ts';
import { print } from './print.ts';

interface DemoOptions {
  readonly fast?: boolean;
  readonly port?: number;
}

const host = '127.0.0.1';
const usualPort = 7700;

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('watch it work: a server in a temporary folder, and a small shop that uses it')
    .option('--fast', 'no pauses')
    .addOption(new Option('--port <port>', `port to listen on (${usualPort}, or a free one where that is taken)`).argParser(portOf))
    .addHelpText('after', '\nReads and writes no other data. Ctrl-C ends it and removes the folder.')
    .action(async (options: DemoOptions) => {
      const port = await openPort(options.port);
      const folder = mkdtempSync(join(tmpdir(), 'onym-demo-'));
      const remove = () => rmSync(folder, { recursive: true, force: true });
      const interruption = listenForInterruption(() => {
        remove();
        process.exit(exitCode.failed);
      });
      try {
        await run(folder, port, options, interruption.signal);
      } catch (error) {
        if (!interruption.signal.aborted) throw error;
      } finally {
        interruption.end();
        remove();
      }
      print('\nStopped. The temporary folder is gone.');
    });
}

async function run(folder: string, port: number, { fast = false }: DemoOptions, signal: AbortSignal): Promise<void> {
  // Only here: no other command should wait for the engines and the SDK.
  const { createServer } = await import('../server.ts');
  const { playDemo } = await import('./demo/play.ts');
  const config = readConfig({
    ONYM_HOST: host,
    ONYM_PORT: String(port),
    ONYM_DATA_DIR: folder,
    ONYM_ENVIRONMENTS: 'production',
  });
  const server = await createServer({ config, logger: { level: 'error' } });
  try {
    const url = await server.listen();
    await playDemo({ url, folder, keys: server.newKeys, isPaced: !fast, signal });
    await aborted(signal);
  } finally {
    await server.stop();
  }
}
