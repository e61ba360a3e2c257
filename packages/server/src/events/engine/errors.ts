/** ClickHouse's own number for an error (`62` for a syntax error), or null when it came from elsewhere. */
export function engineErrorCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { clickhouseCode, code } = error as { clickhouseCode?: unknown; code?: unknown };
  if (typeof clickhouseCode === 'number') return clickhouseCode;
  if (typeof code === 'number') return code;
  if (typeof code === 'string' && /^\d+$/.test(code)) return Number(code);
  const match = /^Code: (\d+)\./.exec(error.message);
  return match === null ? null : Number(match[1]);
}
