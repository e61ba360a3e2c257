import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf } from './child-output.ts';
import { listening } from './listening.ts';

const jar = '/usr/share/java/zookeeper.jar';
const java = '/usr/bin/java';
const startMaxMs = 60_000;

export interface ZooKeeper {
  readonly port: number;
  /** How many nodes its tree has. */
  nodes(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * A ZooKeeper of one node with nothing in it, for tests that need the real one: Debian's packages `libzookeeper-java` and `default-jre-headless`.
 *
 * Where there is none: throws when CI=true, else says so on stderr and resolves to null, and the caller skips its tests.
 */
export async function startZooKeeper(): Promise<ZooKeeper | null> {
  const absent = [java, jar].find((file) => !existsSync(file));
  if (absent !== undefined) {
    const missing = `There is no ZooKeeper here (${absent}). Install Debian's packages libzookeeper-java and default-jre-headless.`;
    if (process.env.CI === 'true') throw new Error(missing);
    process.stderr.write(`\nSKIPPED: ${missing}\n\n`);
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'onym-zookeeper-'));
  const port = await freePort();
  const config = join(directory, 'zoo.cfg');
  const lines = [`dataDir=${directory}/data`, 'clientPortAddress=127.0.0.1', `clientPort=${port}`, 'tickTime=500'];
  writeFileSync(config, [...lines, 'admin.enableServer=false', ''].join('\n'));
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
  const child = spawn(java, ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', jar, main, config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = outputOf(child);
  const stop = async () => {
    child.kill('SIGKILL');
    await output.ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const end = new AbortController();
  const gone = output.ended.then(({ stderr, stdout }) => {
    throw new Error(`ZooKeeper ended: ${stderr}${stdout}`);
  });
  try {
    await Promise.race([accepting(port, end.signal), gone]);
    gone.catch(() => undefined);
    return { port, nodes: () => nodesAt(port), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    end.abort();
  }
}

async function nodesAt(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.end('srvr');
  return Number(/^Node count: (\d+)$/m.exec(await text(socket))?.[1]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function accepting(port: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + startMaxMs;
  while (!(await accepts(port))) {
    if (signal.aborted) return;
    if (Date.now() > until) throw new Error(`ZooKeeper does not accept connections at ${port}.`);
    await sleep(50);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
