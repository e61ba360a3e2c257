import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, clientOf, eventually } from '../packages/server/test/system/client.ts';
import type { Ended } from '../test-support/child-output.ts';
import { start, strangersEnvironment, temporary } from './commands.ts';

export interface Serving {
  readonly url: string;
  readonly dataDir: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** With the secret key. */
  readonly api: Client;
  /** SIGTERM; resolves when all is gone. */
  stop(): Promise<Ended>;
}

/** `… serve` of an installed Onym, with the keys that its first start makes. */
export async function serving(command: readonly string[], cwd: string): Promise<Serving> {
  const dataDir = join(temporary(), 'data');
  const [program, ...args] = command;
  const started = start(program!, [...args, 'serve'], {
    cwd,
    env: { ...strangersEnvironment(), ONYM_DATA_DIR: dataDir, ONYM_PORT: '0', ONYM_LOG_LEVEL: 'warn' },
  });
  let isOver = false;
  void started.ended.then(() => {
    isOver = true;
  });
  const urlIn = () => /listens at (http:\/\/[^\s"]+)/.exec(started.stdout())?.[1];
  await eventually(async () => isOver || urlIn() !== undefined, 'it listens', 60_000);
  const url = urlIn();
  const keysFile = join(dataDir, 'first-keys.env');
  if (url === undefined || !existsSync(keysFile)) throw new Error(started.stdout() + started.stderr());
  const keys = readFileSync(keysFile, 'utf8');
  const [writeKey, secretKey] = ['WRITE', 'SECRET'].map(
    (kind) => new RegExp(`^ONYM_${kind}_KEY=(.+)$`, 'm').exec(keys)![1]!,
  );
  return {
    url,
    dataDir,
    writeKey: writeKey!,
    secretKey: secretKey!,
    api: clientOf(url, secretKey!),
    stop() {
      started.signal('SIGTERM');
      return started.ended;
    },
  };
}
