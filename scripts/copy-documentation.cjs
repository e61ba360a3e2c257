'use strict';

// What the server shows of its documentation, beside what it is built to: a package has no other pages.
const { cpSync, rmSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const to = join(root, 'packages', 'server', 'documentation');

exports.copyDocumentation = () => {
  rmSync(to, { recursive: true, force: true });
  for (const name of ['README.md', 'llms.txt', 'docs']) {
    cpSync(join(root, name), join(to, name), {
      recursive: true,
      filter: (path) => !/\.(ts|json|png|svg)$|\/\./.test(path),
    });
  }
};
