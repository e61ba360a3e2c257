import { limits } from '../limits.ts';

const editsPerWordMax = 2;

/** Not near by their letters, and what people write all the same. */
const abbreviations: Readonly<Record<string, string>> = { env: 'environment' };

interface Candidate {
  readonly name: string;
  readonly words: readonly string[];
  readonly joined: string;
}

/**
 * Tells the known name that a name was meant to be, or null. It errs on the side of null, since an application may have fields of its own:
 * case and separators are slips (`distinctId`, `Distinct-ID`, `time_stamp`); else names are compared word by word. Words of up to four
 * letters may have two neighbours swapped, of up to eight one letter wrong, longer ones two (`enviroment`, `distnct_id`). So `device_ip`,
 * `event_name`, `uid` and `device` are names in their own right. Names that begin with `$` are a vendor's.
 */
export function nearMisses(known: readonly string[]): (name: string) => string | null {
  const candidates = known.map((name): Candidate => {
    const words = wordsOf(name);
    return { name, words, joined: words.join('') };
  });
  const longest = Math.max(0, ...candidates.map(({ joined }) => joined.length));

  return (name) => {
    if (name.length > limits.unknownNameJudgedLengthMax || name.startsWith('$')) return null;
    const words = wordsOf(name);
    const joined = words.join('');
    if (joined === '' || joined.length > longest + words.length * editsPerWordMax) return null;
    let nearest: string | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const candidate of candidates) {
      if (candidate.joined === joined || abbreviations[joined] === candidate.name) return candidate.name;
      const edits = editsBetween(words, candidate.words);
      if (edits < fewest) {
        nearest = candidate.name;
        fewest = edits;
      }
    }
    return nearest;
  };
}

/** `distinct_id`, `distinctId`, `Distinct-ID` and `distinctid` are all `distinct`, `id`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{L})(?=\d)/gu, ' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => (word.length > 4 && word.endsWith('id') ? [word.slice(0, -2), 'id'] : word === '' ? [] : word));
}

/** How many letters are wrong in all words together; infinite where one word is another word. */
function editsBetween(words: readonly string[], wanted: readonly string[]): number {
  if (words.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let edits = 0;
  for (let index = 0; index < words.length && edits !== Number.POSITIVE_INFINITY; index++) {
    edits += slipsIn(words[index]!, wanted[index]!, wanted.length === 1);
  }
  return edits;
}

function slipsIn(word: string, wanted: string, isAlone: boolean): number {
  if (word === wanted) return 0;
  const { length } = wanted;
  const editsMax = length <= 8 ? 1 : editsPerWordMax;
  if (Math.abs(word.length - length) > editsMax) return Number.POSITIVE_INFINITY;
  const edits = distance(word, wanted);
  const isSwap = edits === 1 && [...word].sort().join('') === [...wanted].sort().join('');
  if (isSwap) return edits;
  // Short words lie close together: `match` and `batch`, `uid` and `uuid`, `ip` and `id`.
  const isShort = length <= 3 || (length === 4 && isAlone);
  if (isShort || (length <= 8 && word[0] !== wanted[0])) return Number.POSITIVE_INFINITY;
  return edits <= editsMax ? edits : Number.POSITIVE_INFINITY;
}

/** Letters to insert, drop, replace, or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(previous[column]! + 1, current[column - 1]! + 1, replaced);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, before[column - 2]! + 1);
      }
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}
