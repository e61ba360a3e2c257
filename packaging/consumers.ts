import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { npm, run, strangersEnvironment, temporary } from './commands.ts';
import type { Tarball } from './packed.ts';
import type { Serving } from './serving.ts';

/** Projects as others have them. Exact versions: what changes here changes by a commit. */
const tools = [
  'jest@30.5.2',
  'typescript@5.9.3',
  'reflect-metadata@0.2.2',
  'rxjs@7.8.0',
  '@nestjs/common@11.2.10',
  '@nestjs/core@11.2.10',
  'react@19.3.1',
  '@types/react@19.3.0',
];

/** As `nest new` made them before modules: CommonJS, node10, decorators. */
const nestConfig = {
  compilerOptions: {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'ES2021',
    strict: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    outDir: 'dist',
    types: [],
  },
  files: ['main.ts'],
};

const nestMain = `
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Onym, type Answer } from '@onym/sdk';

declare const process: { env: Record<string, string> };

@Injectable()
class Identities {
  private readonly onym = new Onym({ apiKey: process.env.ONYM_SECRET_KEY, baseUrl: process.env.ONYM_URL });
  login(distinctId: string): Promise<Answer> {
    return this.onym.identify({ distinctId });
  }
}

@Injectable()
class Sessions {
  constructor(readonly identities: Identities) {}
}

@Module({ providers: [Identities, Sessions] })
class App {}

void NestFactory.createApplicationContext(App, { logger: false }).then(async (app) => {
  console.log((await app.get(Sessions).identities.login('user_nest')).canonicalId);
  await app.close();
});
`;

/** Every declaration of ours is checked too, and each way in. */
const strictConfig = {
  compilerOptions: {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    strict: true,
    noEmit: true,
    types: [],
    typeRoots: [],
  },
  files: ['main.ts'],
};

const strictMain = `
import { createOnym, Onym, OnymError, onym, type BrowserClient } from '@onym/sdk';
import { simulatedBrowser } from '@onym/sdk/testing';
import { OnymProvider, useOnym } from '@onym/sdk/react';

const client: BrowserClient = createOnym(simulatedBrowser().open('https://shop.example/').platform);
client.track('e', { n: 1n });
onym.identify(7);
export const verdict: Promise<string> = new Onym({ apiKey: 'sk_1' }).alias({ distinctId: 'a', aliasId: 'b' }).then((answer) => answer.verdict);
export const codeOf = (error: OnymError): string => error.code;
export const used: BrowserClient = useOnym();
export const provider = OnymProvider;
// @ts-expect-error an event is a text
client.track(1);
`;

const jestTest = `
const { Onym, ApiError, OnymError } = require('@onym/sdk');
const { createOnym } = require('@onym/sdk');
const { simulatedBrowser } = require('@onym/sdk/testing');
const { useOnym } = require('@onym/sdk/react');

test('a call is answered', async () => {
  const onym = new Onym({ apiKey: process.env.ONYM_SECRET_KEY, baseUrl: process.env.ONYM_URL });
  expect(await onym.identify({ distinctId: 'user_jest' })).toMatchObject({ canonicalId: 'user_jest' });
  const stranger = new Onym({ apiKey: 'sk_unknown_here', baseUrl: process.env.ONYM_URL });
  const error = await stranger.identify({ distinctId: 'user_jest' }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toBeInstanceOf(OnymError);
});

test('a page is simulated', async () => {
  const page = simulatedBrowser().open('https://shop.example/');
  const onym = createOnym(page.platform);
  onym.init(process.env.ONYM_WRITE_KEY, { baseUrl: process.env.ONYM_URL });
  onym.identify('user_jest');
  await onym.flush();
  expect(onym.getDistinctId()).toBe('user_jest');
  page.close();
  expect(typeof useOnym).toBe('function');
});
`;

/** A project that depends on the SDK alone, as CommonJS. */
export function consumerTests(sdk: () => Tarball, served: () => Serving): void {
  describe('in a CommonJS project', () => {
    let folder: string;
    beforeAll(async () => {
      folder = temporary();
      write('package.json', '{ "private": true }');
      await npm(['install', sdk().file, ...tools, '--ignore-scripts'], folder);
    });

    function write(name: string, text: string): void {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const bin = (name: string, args: readonly string[] = []) =>
      run(process.execPath, [join(folder, 'node_modules', name), ...args], {
        cwd: folder,
        env: {
          ...strangersEnvironment(),
          ONYM_URL: served().url,
          ONYM_SECRET_KEY: served().secretKey,
          ONYM_WRITE_KEY: served().writeKey,
        },
      });
    const tsc = (project: string) => bin('typescript/bin/tsc', ['-p', project]);

    it('Jest runs it, with its defaults', async () => {
      write('onym.test.js', jestTest);
      expect((await bin('jest/bin/jest.js')).stderr).toMatch(/Tests: +2 passed, 2 total/);
    });

    it('TypeScript finds its types by node10', async () => {
      write('strict/main.ts', strictMain);
      write('strict/tsconfig.json', JSON.stringify(strictConfig));
      await tsc('strict');
    });

    it('NestJS injects it', async () => {
      write('nest/main.ts', nestMain);
      write('nest/tsconfig.json', JSON.stringify(nestConfig));
      await tsc('nest');
      const { stdout } = await bin('../nest/dist/main.js');
      expect(stdout).toBe('user_nest\n');
    });
  });
}
