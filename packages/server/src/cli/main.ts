import { Command } from 'commander';
import { ConfigError, variables } from '../config.ts';
import { type ErrorCode, OnymError } from '../errors.ts';
import { version } from '../version.ts';
import { backupCommands } from './backup.ts';
import { consoleCommand } from './console.ts';
import { demoCommand } from './demo.ts';
import { drainCommand } from './drain.ts';
import { erasureCommands } from './erase.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { keysCommand } from './keys.ts';
import { lintCommand } from './lint.ts';
import { mendCommand } from './mend.ts';
import { migrateCommand } from './migrate.ts';
import { nodesCommand } from './nodes.ts';
import { checkValues, exitCode } from './options.ts';
import { inOneLine, printNote, shown, write, writeNote } from './print.ts';
import { putAsideCommands } from './put-aside.ts';
import { queryCommand } from './query.ts';
import { resolveCommand } from './resolve.ts';
import { retentionCommand } from './retention.ts';
import { reviewCommands } from './review.ts';
import { schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';
import { snippetCommand } from './snippet.ts';
import { steeringCommands } from './steering.ts';
import { tailCommand } from './tail.ts';
import { RequestError } from './transport.ts';
import { verifyCommand } from './verify.ts';

/** Runs one command line; sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  forgetEmptyVariables();
  for (const output of [process.stdout, process.stderr]) output.on('error', ignoreClosed);
  const program = new Command('onym')
    .description(
      'Onym: identities for product analytics. Decides which identifiers are one person, and can always say why.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: writeNote,
      outputError: (text) => printNote(`${refusal(text)} (onym --help shows what there is)`),
    })
    .hook('preAction', (_, command) => checkValues(command))
    .addHelpText('after', configurationHelp());
  for (const add of [
    serveCommand,
    consoleCommand,
    demoCommand,
    resolveCommand,
    explainCommand,
    queryCommand,
    tailCommand,
    schemaCommand,
    lintCommand,
    keysCommand,
    nodesCommand,
    verifyCommand,
    backupCommands,
    migrateCommand,
    mendCommand,
    drainCommand,
    retentionCommand,
    snippetCommand,
    importCommand,
    exportCommand,
    steeringCommands,
    reviewCommands,
    putAsideCommands,
    erasureCommands,
  ])
    add(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = report(error);
  }
}

function configurationHelp(): string {
  return `
Configuration is read from the environment; flags of the same names override it:
${Object.entries(variables)
  .map(([name, description]) => `  ${name.padEnd(24)} ${description}`)
  .join('\n')}

Commands that read find the server in ONYM_DATA_DIR by themselves. For one elsewhere give --url and --key (ONYM_URL, ONYM_SECRET_KEY).
Exit codes: 0 done or yes, 1 no or differences found, 2 it could not be done.`;
}

/** As compose files and unit files have it: one that is empty is not set. */
function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('ONYM_') && value === '') delete process.env[name];
  }
}

/** Who reads may have had enough, as `head` has. */
const isClosed = (error: unknown): boolean => (error as { code?: string } | null)?.code === 'EPIPE';

function ignoreClosed(error: Error): void {
  if (!isClosed(error)) throw error;
}

const refusal = (text: string): string => `onym: ${shown(inOneLine(text.replace(/^error: /, '')))}`;

/** May be back when it is tried again. */
const isAway: ReadonlySet<ErrorCode> = new Set(['event-store-unavailable', 'identity-store-unavailable']);

function report(error: unknown): number {
  const code = (error as { code?: string; exitCode?: number }).code ?? '';
  // Commander has already said what it had to say.
  if (code.startsWith('commander.'))
    return (error as { exitCode: number }).exitCode === 0 ? exitCode.ok : exitCode.failed;
  if (isClosed(error)) return exitCode.ok;
  const isExpected = error instanceof ConfigError || error instanceof OnymError || error instanceof RequestError;
  printNote(isExpected ? refusal(error.message) : `onym: ${(error as Error).stack ?? String(error)}`);
  return error instanceof OnymError && isAway.has(error.code) ? exitCode.later : exitCode.failed;
}
