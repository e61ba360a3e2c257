import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** A thread that copies a SQLite file's -wal file into it, on a connection of its own, while the event loop goes on. */
export interface Checkpoints {
  /** Begins to copy what is there, unless it is at it. `done` is called when it has ended, well or not. */
  begin(done: () => void): void;
  /** Whether there is a thread: it is made when it is first needed. */
  isOpen(): boolean;
  /** Resolves when nothing is being copied. */
  idle(): Promise<void>;
  /** Resolves when the thread has ended. */
  close(): Promise<void>;
}

/** A text, since a thread loads what is in a file as it is, and the sources are no JavaScript. PASSIVE waits for nobody and holds up nobody. */
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Sqlite = require(workerData.driver);
  const database = new Sqlite(workerData.file, { fileMustExist: true });
  database.pragma('synchronous = NORMAL');
  database.pragma('wal_autocheckpoint = 0');
  parentPort.on('message', (order) => {
    if (order === 'close') {
      database.close();
      parentPort.close();
      return;
    }
    try {
      // What was written during the first pass, which was long, so that less is left to the connection that writes.
      for (let pass = 0; pass < 3; pass++) database.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // A full disk: it is tried again when more is written.
    }
    parentPort.postMessage('done');
  });
`;

/** Of a file in WAL mode whose own connections make no checkpoints by themselves. */
export function createCheckpoints(file: string): Checkpoints {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  let thread: Worker | null = null;
  let ended: Promise<void> = Promise.resolve();
  let whenDone: (() => void)[] = [];
  let isBusy = false;
  let isClosing = false;

  function done(): void {
    const told = whenDone;
    whenDone = [];
    isBusy = false;
    if (!isClosing) thread?.unref();
    for (const tell of told) tell();
  }

  function opened(): Worker {
    const worker = new Worker(program, { eval: true, workerData: { driver, file } });
    ended = new Promise((resolve) => {
      worker.once('exit', () => {
        if (thread === worker) thread = null;
        done();
        resolve();
      });
    });
    worker.on('message', done);
    // Its exit follows; who asked for a checkpoint is told then, and the next one has a thread of its own.
    worker.on('error', () => undefined);
    return worker;
  }

  return {
    begin(tell) {
      if (isBusy) return;
      isBusy = true;
      whenDone.push(tell);
      thread ??= opened();
      // Only while it is at work is it waited for.
      thread.ref();
      thread.postMessage('copy');
    },
    isOpen: () => thread !== null,
    idle: () => (isBusy ? new Promise((resolve) => void whenDone.push(resolve)) : Promise.resolve()),
    async close() {
      isClosing = true;
      thread?.ref();
      thread?.postMessage('close');
      await ended;
    },
  };
}
