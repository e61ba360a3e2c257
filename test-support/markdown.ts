/** One fenced block of a page. */
export interface Snippet {
  /** After the fence: `ts`, `ts browser`, `sh`, `python`… Empty where it has none. */
  readonly kind: string;
  readonly code: string;
  /** Where its fence is, from 1. */
  readonly line: number;
  /** What the page shows as its output: the `text`, `json`, `csv` and `html` blocks right after it, or null. */
  readonly shown: string | null;
}

const outputs = ['text', 'json', 'csv', 'html'];

export function snippetsOf(markdown: string): Snippet[] {
  const blocks = [...markdown.matchAll(/^```([^\n`]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    kind: match[1]!.trim(),
    code: match[2]!,
    start: match.index,
    end: match.index + match[0].length,
  }));
  return blocks.map(({ kind, code, start, end }, i) => {
    const shown: string[] = [];
    let last = end;
    for (const next of blocks.slice(i + 1)) {
      if (!outputs.includes(next.kind) || markdown.slice(last, next.start).trim() !== '') break;
      shown.push(next.code);
      last = next.end;
    }
    const line = markdown.slice(0, start).split('\n').length;
    return { kind, code, line, shown: shown.length === 0 ? null : shown.join('') };
  });
}

/** The commands of a transcript, each behind `$ `, and what the page shows of their output. */
export function commandsOf(transcript: string): { command: string; shown: string }[] {
  return transcript
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...shown] = part.split('\n');
      return { command, shown: shown.join('\n') };
    });
}

/** Whether `printed` is what a page shows: `…` stands for anything, a time for any time; how wide columns are counts for nothing. */
export function matchesShown(printed: string, shown: string): boolean {
  const times = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g;
  const plain = (text: string) =>
    text
      .replace(times, '<time>')
      .replace(/ {2,}/g, '  ')
      .replace(/[ \r]+$/gm, '')
      .trim();
  const pattern = plain(shown)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*?');
  return new RegExp(`^${pattern}$`).test(plain(printed));
}
