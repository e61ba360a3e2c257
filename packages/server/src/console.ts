import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The console's build: `index.html`, and `assets` whose names say what is in them. */
export interface ConsoleBuild {
  readonly folder: string;
  /** Read anew, as a build may replace it beside a running server; null while it is gone. */
  index(): string | null;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The repository's own, and within a package the copy that was packed with it (scripts/console-build.cjs). Null where nothing was built. */
export function builtConsole(): ConsoleBuild | null {
  const own = at('../../console');
  const folders = [...(isOurs(join(own, 'package.json')) ? [join(own, 'dist')] : []), at('../console-build')];
  const folder = folders.find((one) => existsSync(join(one, 'index.html')));
  return folder === undefined ? null : consoleIn(folder);
}

export function consoleIn(folder: string): ConsoleBuild {
  return {
    folder,
    index() {
      try {
        return readFileSync(join(folder, 'index.html'), 'utf8');
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return null;
        throw error;
      }
    },
  };
}

/** Beside an installed package there may be anything. */
const isOurs = (manifest: string): boolean =>
  existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === '@onym/console';
