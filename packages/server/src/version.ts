import { readFileSync } from 'node:fs';

/** Of the package, as /openapi.json and `onym --version` show it. */
export const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
