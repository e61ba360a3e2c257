'use strict';

const { existsSync, readdirSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** The files below a folder, as paths within it. */
const filesOf = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile())
    : [];

/** When the newest of these files, and of those below these folders, was changed, in milliseconds; -Infinity where there is none. */
function newestOf(paths) {
  const files = paths.flatMap((path) => {
    if (!existsSync(path)) return [];
    return statSync(path).isFile() ? [path] : filesOf(path).map((name) => join(path, name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

module.exports = { filesOf, newestOf };
