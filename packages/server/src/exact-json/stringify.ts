import { isWrittenNumber } from './parse.ts';

/** JSON.stringify that takes bigints too, and writes them as integers. */
export function stringifyExact(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    // What it says of a bigint. Nesting beyond the stack is a RangeError.
    if (!(error instanceof TypeError)) throw error;
    return write(value, ' '.repeat(indent), '') ?? 'null';
  }
}

/** undefined for what JSON has no place for. `step` is the blanks of one level; none for one line. */
function write(value: unknown, step: string, margin: string): string | undefined {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isWrittenNumber(value)) return value.written;
  const inner = margin + step;
  if (Array.isArray(value)) {
    const items = value.map((item) => write(item, step, inner) ?? 'null');
    return between('[', items, ']', step, margin);
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return write(toJSON.call(value, ''), step, margin);
  const members: string[] = [];
  for (const [key, given] of Object.entries(value)) {
    const member = write(given, step, inner);
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${step && ' '}${member}`);
  }
  return between('{', members, '}', step, margin);
}

function between(open: string, parts: readonly string[], close: string, step: string, margin: string): string {
  if (step === '' || parts.length === 0) return open + parts.join(',') + close;
  return `${open}\n${margin}${step}${parts.join(`,\n${margin}${step}`)}\n${margin}${close}`;
}
