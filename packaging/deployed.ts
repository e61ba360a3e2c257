import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { type Config, readConfig, variables } from '../packages/server/src/config.ts';
import { root } from './commands.ts';

/** What is shared by tests of files that describe a deployment: they are read as their tools read them, and their settings as Onym does. */

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: of many shapes, looked at by the tests
export type Document = any;

/** The documents of a YAML file, with `<<` as merge. */
export const documentsOf = (path: string): Document[] =>
  parseAllDocuments(read(path), { merge: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors.join('\n')}`);
    return document.toJS();
  });

/** Throws, as a start would, where a variable is none of Onym's or says what it may not. */
export function configFrom(environment: Readonly<Record<string, string>>): Config {
  const unknown = Object.keys(environment).filter((name) => !(name in variables));
  if (unknown.length > 0) throw new Error(`Onym has no ${unknown.join(', ')}.`);
  return readConfig(environment);
}
