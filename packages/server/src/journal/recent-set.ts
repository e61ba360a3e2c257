import { hash } from 'node:crypto';

/**
 * A set that remembers at least the last `sizeMax` strings added, by 64 bits of their SHA-1. With a million remembered, one in
 * 10¹³ new strings is taken for one of them.
 */
export interface RecentSet {
  has(text: string): boolean;
  add(text: string): void;
  /** What `has` and `add` make of a text first, for one that both are to be asked. */
  digest(text: string): TextDigest;
  hasDigest(digest: TextDigest): boolean;
  addDigest(digest: TextDigest): void;
}

export type TextDigest = readonly [high: number, low: number];

interface Table {
  /** Open addressing, two words a slot; the second is 0 in a free one only. */
  words: Uint32Array;
  count: number;
}

const slotsMin = 1_024;

const emptyTable = (slots: number): Table => ({ words: new Uint32Array(slots * 2), count: 0 });

/** Index of the entry's first word, or of the free slot where it belongs. */
function slotOf(words: Uint32Array, high: number, low: number): number {
  const mask = words.length - 1;
  for (let at = (low * 2) & mask; ; at = (at + 2) & mask) {
    if (words[at] === high && words[at + 1] === low) return at;
    if (words[at + 1] === 0) return at;
  }
}

function put(table: Table, high: number, low: number): void {
  const at = slotOf(table.words, high, low);
  if (table.words[at + 1] !== 0) return;
  table.words[at] = high;
  table.words[at + 1] = low;
  table.count++;
}

function grown(table: Table): Table {
  const larger = emptyTable(table.words.length);
  for (let at = 0; at < table.words.length; at += 2) {
    const low = table.words[at + 1]!;
    if (low !== 0) put(larger, table.words[at]!, low);
  }
  return larger;
}

/** Two generations: when the young one has `sizeMax`, it becomes the old one, and what was old is forgotten. */
export function createRecentSet(sizeMax: number): RecentSet {
  let young = emptyTable(slotsMin);
  let old = emptyTable(1);

  function digest(text: string): TextDigest {
    const bytes = hash('sha1', text, 'binary');
    const word = (at: number) =>
      ((bytes.charCodeAt(at) << 24) |
        (bytes.charCodeAt(at + 1) << 16) |
        (bytes.charCodeAt(at + 2) << 8) |
        bytes.charCodeAt(at + 3)) >>>
      0;
    return [word(0), word(4) || 1];
  }

  const holds = (table: Table, high: number, low: number) => table.words[slotOf(table.words, high, low) + 1] !== 0;

  function hasDigest([high, low]: TextDigest): boolean {
    return holds(young, high, low) || holds(old, high, low);
  }

  function addDigest([high, low]: TextDigest): void {
    if (young.count >= sizeMax) {
      old = young;
      young = emptyTable(old.words.length / 2);
    }
    if (young.count >= young.words.length * 0.3) young = grown(young);
    put(young, high, low);
  }

  return {
    has: (text) => hasDigest(digest(text)),
    add: (text) => addDigest(digest(text)),
    digest,
    hasDigest,
    addDigest,
  };
}
