import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The SDK as a script for pages without a bundler, and all that an answer with it needs. */
export interface PageScript {
  /** Names these bytes and no others: the first 16 hexadecimal digits of their SHA-256. */
  readonly hash: string;
  /** For `integrity="…"` (SRI). */
  readonly integrity: string;
  readonly bytes: Readonly<Record<'identity' | 'gzip' | 'br', Buffer>>;
}

export interface PageScripts {
  /** Of this version; null in a repository where nothing was built. */
  readonly current: PageScript | null;
  /** For later versions to find it. Throws where the disk will not have it. */
  keep(): void;
  /** Also one that an earlier version served from this directory; null where none did. */
  find(hash: string): PageScript | null;
}

export function pageScriptOf(plain: Buffer): PageScript {
  return {
    hash: createHash('sha256').update(plain).digest('hex').slice(0, 16),
    integrity: `sha384-${createHash('sha384').update(plain).digest('base64')}`,
    bytes: { identity: plain, gzip: gzipSync(plain, { level: 9 }), br: brotliCompressSync(plain) },
  };
}

/** null where the SDK is not built. */
function builtScript(): string | null {
  try {
    return createRequire(import.meta.url).resolve('@onym/sdk/onym.js');
  } catch (error) {
    if ((error as { code?: string }).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** The one that this version of the SDK brings. */
export function currentPageScript(): PageScript | null {
  const file = builtScript();
  return file !== null && existsSync(file) ? pageScriptOf(readFileSync(file)) : null;
}

/** `directory` has each version's script that was kept, so that pages which pin an earlier one go on after an upgrade. */
export function openPageScripts(directory: string, current: PageScript | null): PageScripts {
  const fileOf = (hash: string) => join(directory, `${hash}.js`);
  return {
    current,
    keep() {
      if (current === null || existsSync(fileOf(current.hash))) return;
      mkdirSync(directory, { recursive: true });
      const partial = `${fileOf(current.hash)}.part`;
      writeFileSync(partial, current.bytes.identity);
      renameSync(partial, fileOf(current.hash));
    },
    find(hash) {
      if (hash === current?.hash) return current;
      if (!/^[0-9a-f]{16}$/.test(hash) || !existsSync(fileOf(hash))) return null;
      const kept = pageScriptOf(readFileSync(fileOf(hash)));
      return kept.hash === hash ? kept : null;
    },
  };
}
