import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from '../packages/server/test/system/client.ts';
import { matchesShown, snippetsOf } from '../test-support/markdown.ts';

/**
 * Types what a README shows into one shell, in its order, but for the command that starts the example; what is printed has to be what is
 * shown. Such a block is typed again until it is: what the one before did may be on its way.
 */
export async function expectReadmeToHold(folder: string, variables: Record<string, string>): Promise<void> {
  const readme = readFileSync(new URL(`${folder}/README.md`, import.meta.url), 'utf8');
  const blocks = snippetsOf(readme)
    .filter(({ kind, code }) => kind === 'sh' && !code.startsWith('npm start'))
    // What readers put in themselves.
    .map(({ code, shown }) => ({
      code: code.replace(/^(\w+)=.*$/gm, (line, name) => (name in variables ? '' : line)),
      shown,
    }));
  expect(blocks.filter(({ shown }) => shown !== null).length).toBeGreaterThan(0);

  const cwd = mkdtempSync(join(tmpdir(), 'onym-readme-'));
  const shell = spawn('bash', [], { cwd, env: { ...process.env, ...variables }, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => shell.once('close', resolve));
  let printed = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  async function type(code: string): Promise<string> {
    printed = '';
    shell.stdin.write(`${code}\nprintf '\\n%s\\n' end-of-block\n`);
    await eventually(async () => printed.endsWith('\nend-of-block\n'), `the end of ${code}`);
    return printed.slice(0, -'\nend-of-block\n'.length);
  }

  try {
    for (const { code, shown } of blocks) {
      let last = await type(code);
      if (shown === null) continue;
      const isShown = async () => {
        if (matchesShown(last, shown)) return true;
        last = await type(code);
        return false;
      };
      await eventually(isShown, code).catch(() => expect(last, code).toBe(shown));
    }
  } finally {
    shell.kill('SIGKILL');
    await ended;
    rmSync(cwd, { recursive: true, force: true });
  }
}
