import { setTimeout as sleep } from 'node:timers/promises';
import type { Style } from './style.ts';
import { wrapped } from './text.ts';

/** Everything the story shows. Each method resolves when there was time to read it; all throw once `signal` is aborted. */
export interface Screen {
  readonly style: Style;
  scene(title: string, text: string): Promise<void>;
  say(text: string): Promise<void>;
  /** A call as it is written in the program that makes it. */
  call(who: string, code: string): Promise<void>;
  /** What came back, below its call. */
  answer(lines: readonly string[]): Promise<void>;
  identity(lines: readonly string[]): Promise<void>;
  lines(lines: readonly string[]): Promise<void>;
}

export interface ScreenOptions {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly isPaced: boolean;
  readonly signal: AbortSignal;
}

const columns = 80;
const margin = '  ';
/** Callers have names of up to seven letters. */
const callerWidth = 9;
const codeMargin = ' '.repeat(margin.length + callerWidth);

/** How long a line is looked at; a call, until its answer. */
const pauseMs = { title: 700, word: 180, call: 700, answer: 700, answerLine: 500, treeLine: 450 };

export function createScreen({ write, style, isPaced, signal }: ScreenOptions): Screen {
  let scenes = 0;

  async function show(lines: readonly string[], readingMs: number): Promise<void> {
    signal.throwIfAborted();
    write(lines.map((line) => `${line}\n`).join(''));
    if (isPaced) await sleep(readingMs, undefined, { signal });
  }

  const paragraph = (text: string) => wrapped(`${margin}${text}`, columns, margin);
  const timeFor = (text: string) => text.split(' ').length * pauseMs.word;

  return {
    style,
    async scene(title, text) {
      await show(['', '', style.bold(`${++scenes}  ${title}`)], pauseMs.title);
      await show([...paragraph(text), ''], timeFor(text));
    },
    say: (text) => show(['', ...paragraph(text)], timeFor(text)),
    call(who, code) {
      const [first = '', ...more] = wrapped(code, columns - codeMargin.length, margin);
      const caller = style.dim(who.padEnd(callerWidth));
      return show([`${margin}${caller}${first}`, ...more.map((line) => `${codeMargin}${line}`)], pauseMs.call);
    },
    answer: (lines) =>
      show(
        lines.map((line, i) => `${codeMargin}${i === 0 ? style.dim('→ ') : '  '}${line}`),
        pauseMs.answer + (lines.length - 1) * pauseMs.answerLine,
      ),
    identity: (lines) => show(['', ...lines.map((line) => `${margin}${margin}${line}`)], lines.length * pauseMs.treeLine),
    lines: (lines) => show(lines, 0),
  };
}
