import { isWrittenNumber } from './parse.ts';

/** JSON.stringify that takes bigints too, and writes them as integers. */
export function stringifyExact(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    // What it says of a bigint. Nesting beyond the stack is a RangeError.
    if (!(error instanceof TypeError)) throw error;
    return write(value, { keysOf: Object.keys, step: ' '.repeat(indent) }, '') ?? 'null';
  }
}

/** The same text for equal values: keys sorted by code unit, no blanks. */
export function canonicalText(value: unknown): string {
  return write(value, { keysOf: (object) => Object.keys(object).sort(), step: '' }, '') ?? 'null';
}

interface Style {
  readonly keysOf: (object: object) => string[];
  /** Blanks of one level; none for one line. */
  readonly step: string;
}

/** undefined for what JSON has no place for. */
function write(value: unknown, style: Style, margin: string): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isWrittenNumber(value)) return value.written;
  const inner = margin + style.step;
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, style, inner) ?? 'null');
    return between('[', items, ']', margin, style);
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return write(toJSON.call(value, ''), style, margin);
  const members: string[] = [];
  for (const key of style.keysOf(value)) {
    const member = write((value as Record<string, unknown>)[key], style, inner);
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${style.step && ' '}${member}`);
  }
  return between('{', members, '}', margin, style);
}

function between(open: string, parts: readonly string[], close: string, margin: string, { step }: Style): string {
  if (step === '' || parts.length === 0) return open + parts.join(',') + close;
  return `${open}\n${margin}${step}${parts.join(`,\n${margin}${step}`)}\n${margin}${close}`;
}
