import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClickHouseOptions } from '../../../src/clickhouse-options.ts';
import {
  allGrants,
  type Faults,
  type FromFront,
  type FrontOptions,
  type FrontUser,
  noFaults,
  type Ran,
  type ToFront,
} from './front-options.ts';

/** A ClickHouse server for tests: chDB behind a socket, in a process of its own. */
export interface Front {
  /** To reach it with. */
  readonly server: ClickHouseOptions;
  /** What goes wrong from now on, and nothing else. */
  become(faults: Partial<Faults>): Promise<void>;
  /** The statements that were run since this was asked last. */
  ran(): Promise<Ran[]>;
  stop(): Promise<void>;
}

export const own: FrontUser = { name: 'onym', password: 'o: wn/ü', role: 'own', readonly: 0 };
export const reader: FrontUser = { name: 'onym_reader', password: 're@d', role: 'reader', readonly: 0 };

const child = fileURLToPath(new URL('./front-child.ts', import.meta.url));

export async function startFront(path: string, over: Partial<FrontOptions> = {}): Promise<Front> {
  const options: FrontOptions = {
    path,
    users: [own, reader],
    grants: allGrants,
    cluster: null,
    nodes: null,
    zookeeper: null,
    tls: null,
    ...over,
  };
  const process_ = fork(child, [JSON.stringify(options)], {
    execArgv: ['--conditions=onym-source', '--import', 'tsx'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { port } = (await answerOf(process_)) as { port: number };
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (message: ToFront): Promise<FromFront> => {
    const answer = turn.then(() => {
      process_.send(message);
      return answerOf(process_);
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  const url = `${options.tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    server: {
      url,
      user: own.name,
      password: own.password,
      reader: { url, user: reader.name, password: reader.password },
      ca: options.tls === null ? null : Buffer.from(options.tls.cert),
      cluster: options.cluster,
    },
    async become(faults) {
      await ask({ faults: { ...noFaults, ...faults } });
    },
    async ran() {
      return ((await ask({ ask: 'ran' })) as { ran: Ran[] }).ran;
    },
    async stop() {
      if (process_.exitCode !== null || process_.signalCode !== null) return;
      const ended = once(process_, 'exit');
      process_.disconnect();
      await ended;
    },
  };
}

async function answerOf(process_: ChildProcess): Promise<FromFront> {
  const gone = new AbortController();
  try {
    return await Promise.race([
      once(process_, 'message', gone).then(([message]) => message as FromFront),
      once(process_, 'exit', gone).then(([code, signal]) => {
        throw new Error(`The front ended (${signal ?? code}).`);
      }),
    ]);
  } finally {
    gone.abort();
  }
}
