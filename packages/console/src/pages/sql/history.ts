import { useSyncExternalStore } from 'react';

/** What was asked in this browser, per environment: newest first, each statement once. */

const keptMax = 30;
const listeners = new Set<() => void>();
const cache = new Map<string, readonly string[]>();
const keyOf = (environment: string) => `onym.sql-history.${environment}`;
const none: readonly string[] = [];

function read(environment: string): readonly string[] {
  const known = cache.get(environment);
  if (known !== undefined) return known;
  let kept: readonly string[] = none;
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(keyOf(environment)) ?? '[]');
    if (Array.isArray(parsed)) kept = parsed.filter((sql) => typeof sql === 'string');
  } catch {
    // Storage is refused, or somebody else wrote there: it begins anew.
  }
  cache.set(environment, kept);
  return kept;
}

function write(environment: string, statements: readonly string[]): void {
  cache.set(environment, statements);
  try {
    localStorage.setItem(keyOf(environment), JSON.stringify(statements));
  } catch {
    // Storage is refused or full: the list lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

export const remember = (environment: string, sql: string): void =>
  write(environment, [sql, ...read(environment).filter((other) => other !== sql)].slice(0, keptMax));

export const forget = (environment: string): void => write(environment, none);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useHistory = (environment: string): readonly string[] =>
  useSyncExternalStore(subscribe, () => read(environment));
