import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { openDatabase } from '../disk/sqlite.ts';
import { limits } from '../limits.ts';

const headerBytes = 100;
const magic = Buffer.from('SQLite format 3\0');
/** Of a -wal file, for either order of bytes in its checksums. */
const logMagic = [0x377f0682, 0x377f0683];

/**
 * What is wrong with a SQLite file, as the end of a sentence; null when nothing is seen. `thorough` reads it through, where it is not too large
 * for that.
 */
export function faultOf(file: string, { thorough }: { readonly thorough: boolean }): string | null {
  const { size } = statSync(file);
  const hasLog = sizeOf(`${file}-wal`) > 0;
  // What a new database was told is in its log alone until the first checkpoint.
  if (size === 0) return hasLog ? null : 'is empty';
  const header = readStart(file, headerBytes);
  if (header.length < headerBytes || !header.subarray(0, magic.length).equals(magic))
    return 'is damaged: it is no database';
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  if (!hasLog && size < pages * pageBytes) return `is cut off: it has ${size} bytes of ${pages * pageBytes}`;
  if (!thorough || size > limits.damageReadBytesMax) return null;
  return quickFault(file);
}

function quickFault(file: string): string | null {
  try {
    const database = openDatabase(file);
    try {
      const found = database.pragma('quick_check(1)', { simple: true });
      return found === 'ok' ? null : `is damaged (${String(found).split('\n').at(-1)})`;
    } finally {
      database.close();
    }
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return `is damaged (${message})`;
    throw error;
  }
}

/** True for a -wal file that holds something, and not what SQLite would go by. */
export function hasBrokenLog(file: string): boolean {
  const start = readStart(`${file}-wal`, 4);
  return start.length > 0 && (start.length < 4 || !logMagic.includes(start.readUInt32BE(0)));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readStart(file: string, bytes: number): Buffer {
  if (sizeOf(file) === 0) return Buffer.alloc(0);
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}
