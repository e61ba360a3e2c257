import { setTimeout as sleep } from 'node:timers/promises';
import type { Style } from './style.ts';
import { wrapped, wrappedCode } from './text.ts';

/** Everything the demonstration shows. Each method resolves when there was time to read it; all throw once `signal` is aborted. */
export interface Screen {
  readonly style: Style;
  /** Begins the next scene: what happens in the application. */
  scene(title: string, text: string): Promise<void>;
  /** A paragraph. */
  say(text: string): Promise<void>;
  /** A paragraph that leads to the calls after it. */
  remark(text: string): Promise<void>;
  /** A call, as it is written in the program that makes it. */
  call(who: string, code: string): Promise<void>;
  /** What came back, below its call. */
  answer(lines: readonly string[]): Promise<void>;
  /** A drawing, or a result. */
  figure(lines: readonly string[]): Promise<void>;
  /** As it is, however wide: to be copied, or looked up later. */
  list(lines: readonly string[]): Promise<void>;
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

const pauseMs = { title: 600, word: 170, call: 500, answerLine: 600, figureLine: 400 };

export function createScreen({ write, style, isPaced, signal }: ScreenOptions): Screen {
  async function show(lines: readonly string[], readingMs: number): Promise<void> {
    signal.throwIfAborted();
    write(lines.map((line) => `${line}\n`).join(''));
    if (isPaced) await sleep(readingMs, undefined, { signal });
  }

  const paragraph = (text: string) => wrapped(text, columns - margin.length).map((line) => margin + line);
  const timeToRead = (text: string) => text.split(' ').length * pauseMs.word;
  const indented = (lines: readonly string[]) => lines.map((line) => (line === '' ? '' : margin + margin + line));

  return {
    style,
    async scene(title, text) {
      const heading = `${title} `;
      await show(['', '', style.bold(heading) + style.dim('─'.repeat(columns - heading.length))], pauseMs.title);
      await show([...paragraph(text), ''], timeToRead(text));
    },
    say: (text) => show(['', ...paragraph(text)], timeToRead(text)),
    remark: (text) => show(['', ...paragraph(text), ''], timeToRead(text)),
    call(who, code) {
      const [first = '', ...more] = wrappedCode(code, columns - codeMargin.length - margin.length);
      const caller = style.dim(who.padEnd(callerWidth));
      return show([margin + caller + first, ...more.map((line) => codeMargin + margin + line)], pauseMs.call);
    },
    answer(lines) {
      const shown = lines.map((line, i) => codeMargin + (i === 0 ? `${style.dim('→')} ` : margin) + line);
      return show(shown, lines.length * pauseMs.answerLine);
    },
    figure: (lines) => show(['', ...indented(lines)], lines.length * pauseMs.figureLine),
    list: (lines) => show(indented(lines), 0),
  };
}
