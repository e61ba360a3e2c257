import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { clientOf, eventually } from '../packages/server/test/system/client.ts';
import {
  developmentDependencies,
  registryObstacle,
  root,
  run,
  start,
  strangersEnvironment,
  temporary,
} from './commands.ts';
import { expectConsole } from './console.ts';
import { lendBinary } from './packed.ts';

/** The image as far as it goes without an engine: it is read, and what it would do is done in a folder. */

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const instructions = DockerfileParser.parse(text).getInstructions();
const lastStage = instructions.findLastIndex((one) => one.getKeyword() === 'FROM');
const [building, running] = [instructions.slice(0, lastStage), instructions.slice(lastStage)];
const of = (stage: readonly Instruction[], keyword: string) => stage.filter((one) => one.getKeyword() === keyword);
const argumentsOf = (one: Instruction) => one.getArgumentsContent() ?? '';
const wordsOf = (one: Instruction) =>
  argumentsOf(one)
    .split(/\s+/)
    .filter((word) => !word.startsWith('--'));
const execForm = (one: Instruction) => JSON.parse(/\[.*\]$/.exec(argumentsOf(one))![0]) as string[];
const variables = Object.fromEntries(of(running, 'ENV').flatMap((one) => wordsOf(one).map((word) => word.split('='))));

const obstacle = await registryObstacle();

describe('Dockerfile', () => {
  it('is one, without a warning', () => expect(validate(text).map(({ message }) => message)).toEqual([]));

  it('runs on glibc without compilers, as nobody of rights, and keeps its data in a volume', () => {
    expect(argumentsOf(running[0]!)).toMatch(/^node:\d+-\w+-slim$/);
    expect(of(running, 'RUN').map(argumentsOf).join()).not.toMatch(/apt|npm/);
    const user = argumentsOf(of(running, 'USER').at(-1)!);
    expect(user).not.toMatch(/^(root|0)/);
    expect(of(running, 'VOLUME').map(argumentsOf)).toEqual([variables.ONYM_DATA_DIR]);
    expect(of(running, 'RUN').map(argumentsOf)).toEqual([
      `install -d -o ${user} -g ${user} -m 0700 ${variables.ONYM_DATA_DIR}`,
    ]);
  });

  it('has threads share memory of the C library', () => expect(variables.MALLOC_ARENA_MAX).toBe('2'));

  it('copies what there is, and what .dockerignore lets through', () => {
    const letThrough = readFileSync(join(root, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => new RegExp(`^${line.slice(1).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`));
    const sources = of(building, 'COPY').flatMap((one) => wordsOf(one).slice(0, -1));
    expect(sources).toContain('packages');
    for (const source of sources) {
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
      expect([source, letThrough.some((pattern) => pattern.test(source))]).toEqual([source, true]);
    }
  });

  it.skipIf(obstacle !== null)(
    'builds, and what it has built serves, is healthy, and holds nothing of development',
    async () => {
      const built = temporary();
      // But for the minute that better-sqlite3 would compile.
      const env = { ...strangersEnvironment(), npm_config_prefer_offline: 'true', npm_config_ignore_scripts: 'true' };
      const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('**/'))
        .map((line) => line.slice(3));
      for (const one of building) {
        if (one.getKeyword() === 'COPY') copy(wordsOf(one), root, built, (path) => !ignored.includes(basename(path)));
        if (one.getKeyword() === 'RUN') await run('bash', ['-c', argumentsOf(one)], { cwd: built, env });
      }
      lendBinary(join(built, 'node_modules', 'better-sqlite3'));

      const image = temporary();
      for (const one of of(running, 'COPY')) {
        copy(
          wordsOf(one).map((word) => word.replace(/^\/onym\//, '')),
          built,
          image,
          () => true,
        );
      }
      for (const name of [...developmentDependencies(), 'better-sqlite3/deps']) {
        expect([name, existsSync(join(image, 'node_modules', name))]).toEqual([name, false]);
      }
      for (const folder of ['src', 'test']) expect(existsSync(join(image, 'packages/server', folder))).toBe(false);

      const within = (words: string[]) => words.map((word) => word.replace(/^\/onym\//, `${image}/`));
      const [program, ...args] = within([
        ...execForm(of(running, 'ENTRYPOINT')[0]!),
        ...execForm(of(running, 'CMD')[0]!),
      ]);
      const port = String(20_000 + (process.pid % 20_000));
      const settings = { NODE_ENV: variables.NODE_ENV, ONYM_DATA_DIR: join(temporary(), 'data'), ONYM_PORT: port };
      const container = { env: { ...strangersEnvironment(), ...settings }, cwd: image };
      const [probe, ...probing] = execForm(of(running, 'HEALTHCHECK')[0]!);
      const health = async () => (await start(probe!, probing, container).ended).code;
      expect(await health()).toBe(1);
      const server = start(program!, args, container);
      await eventually(async () => server.stdout().includes('listens at'), 'it listens', 60_000);
      expect(await health()).toBe(0);
      const url = `http://127.0.0.1:${port}`;
      for (const path of ['/onym.js', '/docs/README.md']) {
        expect([path, (await clientOf(url, null).get(path)).status]).toEqual([path, 200]);
      }
      await expectConsole(url);
      server.signal('SIGTERM');
      expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

/** COPY: a folder's contents, or files into a folder. */
function copy(words: string[], from: string, to: string, filter: (path: string) => boolean): void {
  const target = join(to, words.at(-1)!);
  mkdirSync(target, { recursive: true });
  for (const source of words.slice(0, -1)) {
    const path = join(from, source);
    const isFile = /\.\w+$/.test(basename(path)) || basename(path).startsWith('.');
    cpSync(path, isFile ? join(target, basename(path)) : target, { recursive: true, filter, verbatimSymlinks: true });
  }
}
