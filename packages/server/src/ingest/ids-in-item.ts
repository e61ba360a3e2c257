const jsonStrings = /"(?:[^"\\]|\\.)*"/g;

/**
 * What may be an id in an item as it was rejected, in whatever field. The item may be cut at its end, so that its strings are looked at one by
 * one. A number may stand for an id as well.
 */
export function* idsIn(item: string): Generator<string> {
  for (const [quoted] of item.matchAll(jsonStrings)) {
    yield quoted.includes('\\') ? unquoted(quoted) : quoted.slice(1, -1);
  }
  for (const [number] of item.matchAll(/(?<=:)-?\d[\d.]*/g)) yield number;
}

function unquoted(json: string): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    return '';
  }
}
