/** One fenced block of a page. */
export interface Snippet {
  /** After the fence: `ts`, `ts browser`, `sh`, `python`… Empty where it has none. */
  readonly kind: string;
  readonly code: string;
  /** Where its fence is, from 1. */
  readonly line: number;
  /** What the page shows as its output: the `text` or `json` block right after it, or null. */
  readonly shown: string | null;
}

const outputs = ['text', 'json'];

export function snippetsOf(markdown: string): Snippet[] {
  const blocks = [...markdown.matchAll(/^```([^\n`]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    kind: match[1]!.trim(),
    code: match[2]!,
    start: match.index,
    end: match.index + match[0].length,
  }));
  return blocks.map(({ kind, code, start, end }, i) => {
    const next = blocks[i + 1];
    const isShown = next !== undefined && outputs.includes(next.kind) && markdown.slice(end, next.start).trim() === '';
    return { kind, code, line: markdown.slice(0, start).split('\n').length, shown: isShown ? next.code : null };
  });
}

/** Whether `printed` is what a page shows: `…` stands for anything, a time for any time. */
export function matchesShown(printed: string, shown: string): boolean {
  const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
  const plain = (text: string) => text.replace(times, '<time>').trim();
  const pattern = plain(shown)
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*?');
  return new RegExp(`^${pattern}$`).test(plain(printed));
}
