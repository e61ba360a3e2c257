import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dataDirectory, serve } from '../packages/server/test/system/processes.ts';
import { matchesShown, type Snippet, snippetsOf } from '../test-support/markdown.ts';
import { inBash, onymOnPath } from '../test-support/onym-on-path.ts';

/** operating.md, from "Backups" to "Restoring by hand": what a reader runs before and after a machine is lost, in its order. */

const page = readFileSync(new URL('operating.md', import.meta.url), 'utf8');
const chapter = page.slice(page.indexOf('\n## Backups'), page.indexOf('\n### Restoring by hand'));
const [backup, verify, restore, start] = snippetsOf(chapter).filter(({ kind }) => kind === 'sh') as [
  Snippet,
  Snippet,
  Snippet,
  Snippet,
];

it('is as the page says', async () => {
  const folder = dataDirectory();
  const path = onymOnPath(join(folder, 'bin'));
  const here = (text: string) =>
    text.replaceAll('/backup/', `${folder}/`).replaceAll('/var/lib/onym', `${folder}/restored`);
  async function run({ code, shown }: Snippet, dataDir: string): Promise<void> {
    const printed = await inBash(`set -eu\n${here(code)}`, folder, { ...path, ONYM_DATA_DIR: dataDir });
    expect(matchesShown(printed, here(shown!)), `${printed} is not what the page shows`).toBe(true);
  }

  const server = await serve();
  await server.api.posted('/identify', { distinct_id: 'user_1', anonymous_id: 'anonymous-1' });
  await server.api.posted('/track', { event: 'e', distinct_id: 'anonymous-1' });
  await run(backup, server.dataDir);
  await run(verify, server.dataDir);
  await server.kill();
  rmSync(server.dataDir, { recursive: true });

  await run(restore, join(folder, 'nowhere'));
  expect(start.code).toContain('onym serve');
  const next = await serve({ dataDir: join(folder, 'restored') });
  expect(await next.api.rows('SELECT event, distinct_id FROM events')).toEqual([
    { event: 'e', distinct_id: 'anonymous-1' },
  ]);
  expect(await next.api.canonicals(['anonymous-1'])).toEqual(new Map([['anonymous-1', 'user_1']]));
  expect(existsSync(server.dataDir)).toBe(false);
  await next.stop();
}, 120_000);
