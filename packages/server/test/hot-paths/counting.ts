import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import Sqlite from 'better-sqlite3';

/**
 * What is asked of SQLite and of the disk, counted at the driver and at node:fs: the product counts nothing for its tests. Every connection of
 * this process is seen, those opened before included.
 */
export interface Counts {
  /** Statements run, without those that begin and end transactions. */
  statements: number;
  /** Rows inserted, changed or deleted. */
  rows: number;
  /** Transactions that write. */
  transactions: number;
}

export interface Counted<T> {
  readonly result: T;
  /** By the name of the file; those that nothing was asked of are missing. */
  readonly files: Readonly<Record<string, Counts>>;
  readonly all: Counts;
  /** Calls of fdatasync, which is how the journal waits for the disk. Elsewhere SQLite waits once a transaction. */
  readonly syncs: number;
}

interface Statement {
  readonly source: string;
  readonly database: { readonly name: string };
}

const methods = ['run', 'get', 'all', 'iterate'] as const;
const boundary = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/;

let files: Record<string, Counts> = {};
let syncs = 0;

const countsOf = (statement: Statement): Counts => {
  const name = basename(statement.database.name);
  files[name] ??= { statements: 0, rows: 0, transactions: 0 };
  return files[name];
};

function note(statement: Statement, result: unknown): void {
  const counts = countsOf(statement);
  if (statement.source.startsWith('BEGIN IMMEDIATE')) counts.transactions++;
  if (boundary.test(statement.source)) return;
  counts.statements++;
  counts.rows += (result as { changes?: number } | undefined)?.changes ?? 0;
}

const memory = new Sqlite(':memory:');
const statements = Object.getPrototypeOf(memory.prepare('SELECT 1')) as Record<
  string,
  (...values: unknown[]) => unknown
>;
memory.close();
for (const method of methods) {
  const plain = statements[method]!;
  statements[method] = function counted(this: Statement, ...values) {
    const result = plain.apply(this, values);
    note(this, method === 'run' ? result : undefined);
    return result;
  };
}

const { fdatasync, fdatasyncSync } = fs;
fs.fdatasync = ((...values: Parameters<typeof fdatasync>) => {
  syncs++;
  fdatasync(...values);
}) as typeof fdatasync;
fs.fdatasyncSync = (descriptor) => {
  syncs++;
  fdatasyncSync(descriptor);
};
syncBuiltinESMExports();

/** What was asked while `work` ran, of whatever part of the process. */
export async function counted<T>(work: () => Promise<T> | T): Promise<Counted<T>> {
  files = {};
  syncs = 0;
  const result = await work();
  const all = { statements: 0, rows: 0, transactions: 0 };
  for (const counts of Object.values(files)) {
    all.statements += counts.statements;
    all.rows += counts.rows;
    all.transactions += counts.transactions;
  }
  return { result, files, all, syncs };
}
