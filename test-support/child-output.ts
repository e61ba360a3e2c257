import type { ChildProcess } from 'node:child_process';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOutput {
  /** What it has printed so far; '' of a stream that is not piped. */
  stdout(): string;
  stderr(): string;
  /** Resolves once it is over and all that it printed was read, however it ended. Rejects when it can't be started. */
  readonly ended: Promise<Ended>;
}

/** Reads a child as text from now on. */
export function outputOf(child: ChildProcess): ChildOutput {
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
  });
  return { stdout, stderr, ended };
}

function textOf(stream: ChildProcess['stdout']): () => string {
  let read = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    read += text;
  });
  return () => read;
}
