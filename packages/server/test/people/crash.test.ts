import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clientOf, differencesOf, filesWith, startServer, temporaryDirectory } from './support.ts';

const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** What the child said it had found, before it died. */
async function killedWhileErasing(directory: string, person: string, moment: string): Promise<string[]> {
  const script = ['--conditions=onym-source', '--import', 'tsx', child, directory, person, moment];
  const running = spawn(process.execPath, script, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(running, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: running.stdout })) lines.push(line);
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return JSON.parse(lines[0]!);
}

test('an erasure that kill -9 has interrupted is complete after the next start', async () => {
  const directory = await temporaryDirectory();
  try {
    expect(await killedWhileErasing(directory.path, 'ada', 'before-events')).toEqual([]);
    expect(await filesWith(directory.path, ['anonymous-ada'])).not.toEqual([]);
    expect(await killedWhileErasing(directory.path, 'eve', 'before-done')).toEqual(['neighbour']);
    const server = await startServer(directory.path);
    try {
      const { query, ledger, identity } = clientOf(server);
      expect(await server.identityStore.pendingErasures('production')).toEqual([]);
      expect(await query('SELECT distinct_id, count() AS n FROM events GROUP BY distinct_id')).toEqual([
        { distinct_id: 'neighbour', n: 2 },
      ]);
      const rows: { op: string }[] = await ledger();
      expect(rows.map(({ op }) => op)).toEqual(['erased', 'track', 'erase', 'erased', 'erase']);
      expect((await identity('neighbour')).identifier_count).toBe(2);
      expect(await differencesOf(server)).toEqual([]);
      expect(await filesWith(directory.path, ['anonymous-ada', 'eve@example.org', 'anonymous-eve'])).toEqual([]);
    } finally {
      await server.stop();
    }
  } finally {
    await directory.remove();
  }
});
