import type { Millis } from '@onym/core';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { checkGiven, checkReach } from './asking.ts';
import { checkName, environmentsFrom, localKeyName, scopesFor } from './checks.ts';
import { originsFrom } from './origins.ts';
import { type KeyRow, keyOf } from './rows.ts';
import { hashOf, newSecret } from './secrets.ts';
import {
  type Asking,
  type Key,
  type KeyChange,
  type KeyKind,
  type KeyPair,
  type NewKey,
  type Started,
  type StartedWith,
  scopesByKind,
} from './types.ts';

/** All that is stored: every key ever made, oldest first, and the environments of the last start. */
export interface Standing {
  readonly keys: readonly KeyRow[];
  readonly environments: readonly string[];
}

/** What is to be stored, judged by what stands. All throw OnymError, as the methods of KeyStore. */
export interface Change<Result> {
  /** New ones, and changed ones in place of those of the same name. */
  readonly rows: readonly KeyRow[];
  /** In place of those that there are; null: they stay. */
  readonly environments: readonly string[] | null;
  readonly result: Result;
}

export const changesNothing = ({ rows, environments }: Change<unknown>): boolean =>
  rows.length === 0 && environments === null;

export const isNew = (standing: Standing, { name }: KeyRow): boolean => !standing.keys.some((key) => key.name === name);

export function standingAfter(before: Standing, { rows, environments }: Change<unknown>): Standing {
  const changed = new Map(rows.map((row) => [row.name, row]));
  return {
    keys: [...before.keys.map((key) => changed.get(key.name) ?? key), ...rows.filter((row) => isNew(before, row))],
    environments: environments ?? before.environments,
  };
}

/** A key to be made: its secret, when, and who asks for it. */
interface Made {
  readonly secret: string;
  readonly now: Millis;
  readonly asking?: Asking | undefined;
}

export function creation(standing: Standing, key: NewKey, { secret, now, asking }: Made): Change<KeyRow> {
  const asker = asking && asItStands(standing, asking);
  const row = newRow(standing, key, { secret, now, by: asker?.name ?? localKeyName });
  if (asker !== undefined) checkGiven(asker, null, keyOf(row));
  return { rows: [row], environments: null, result: row };
}

export function restriction(standing: Standing, name: string, to: KeyChange, asking?: Asking): Change<KeyRow> {
  const row = existing(standing, name);
  const asker = asking && reaching(standing, asking, row);
  const { kind } = row;
  const changed: KeyRow = {
    ...row,
    ...(to.environments && { environments: JSON.stringify(environmentsFrom(standing.environments, to.environments)) }),
    ...(to.scopes && { scopes: JSON.stringify(scopesFor(kind, to.scopes)) }),
    ...(to.origins !== undefined && { origins: to.origins && JSON.stringify(originsFrom(kind, to.origins)) }),
    initial: 0,
  };
  if (asker !== undefined) checkGiven(asker, keyOf(row), keyOf(changed));
  return { rows: [changed], environments: null, result: changed };
}

export function revocation(standing: Standing, name: string, now: Millis, asking?: Asking): Change<KeyRow> {
  const row = existing(standing, name);
  const unchanged: Change<KeyRow> = { rows: [], environments: null, result: row };
  // Said again, after the answer was lost.
  if (row.revoked_at !== null && asking?.key.name === name) return unchanged;
  const asker = asking && reaching(standing, asking, row);
  if (row.revoked_at !== null) return unchanged;
  const revoked = { ...row, revoked_at: now, revoked_by: asker?.name ?? localKeyName };
  return { rows: [revoked], environments: null, result: revoked };
}

export function beginning(
  standing: Standing,
  { initialKeys, environments }: StartedWith,
  now: Millis,
): Change<Started> {
  const names = JSON.stringify(environments);
  const following = standing.keys
    .filter((key) => key.initial === 1 && key.environments !== names)
    .map((key): KeyRow => ({ ...key, environments: names }));
  const isFirst = standing.keys.length === 0;
  const first = isFirst ? firstKeys({ ...standing, environments }, initialKeys, now) : null;
  return {
    rows: first?.rows ?? following,
    environments: JSON.stringify(standing.environments) === names ? null : environments,
    result: { isFirst, made: first?.made ?? { writeKey: null, secretKey: null } },
  };
}

/** Registers what is given, and makes the rest. */
function firstKeys(
  standing: Standing,
  { writeKey, secretKey }: KeyPair,
  now: Millis,
): { rows: KeyRow[]; made: KeyPair } {
  const { environments } = standing;
  const rows: KeyRow[] = [];
  const first = (kind: KeyKind, given: string | null, variable: string, generatedName: string): string | null => {
    const secret = given ?? newSecret(kind);
    const name = given === null ? generatedName : variable;
    rows.push({ ...newRow(standing, { name, kind, environments }, { secret, now, by: null }), initial: 1 });
    return given === null ? secret : null;
  };
  const made = {
    writeKey: first('publishable', writeKey, 'ONYM_INITIAL_WRITE_KEY', 'first-write-key'),
    secretKey: first('secret', secretKey, 'ONYM_INITIAL_SECRET_KEY', 'first-secret-key'),
  };
  return { rows, made };
}

function existing({ keys }: Standing, name: string): KeyRow {
  const row = keys.find((key) => key.name === name);
  if (row !== undefined) return row;
  throw new OnymError('not-found', `There is no key named ${JSON.stringify(name)}. List the keys to see their names.`);
}

/** With the rights that it has now, which the request may have come before. */
function asItStands({ keys }: Standing, { key }: Asking): Key {
  if (key.name === localKeyName) return key;
  const row = keys.find(({ name }) => name === key.name);
  if (row === undefined || row.revoked_at !== null) {
    throw new OnymError('invalid-api-key', 'The API key was revoked meanwhile. Nothing was changed.');
  }
  const asker = keyOf(row);
  if (asker.scopes.includes('keys')) return asker;
  throw new OnymError('forbidden', 'The API key has lost the scope keys meanwhile. Nothing was changed.');
}

function reaching(standing: Standing, asking: Asking, row: KeyRow): Key {
  const asker = asItStands(standing, asking);
  checkReach(asker, keyOf(row), { served: standing.environments, self: asking.self });
  return asker;
}

function newRow(
  standing: Standing,
  key: NewKey,
  { secret, now, by }: { readonly secret: string; readonly now: Millis; readonly by: string | null },
): KeyRow {
  checkName(key.name);
  const environments = environmentsFrom(standing.environments, key.environments);
  const scopes = scopesFor(key.kind, key.scopes ?? scopesByKind[key.kind]);
  const origins = key.origins && originsFrom(key.kind, key.origins);
  if (standing.keys.some(({ name }) => name === key.name)) {
    throw new OnymError(
      'invalid-payload',
      `The name ${JSON.stringify(key.name)} is or was in use. Names are never given again, because the ledger names keys by them: choose another.`,
    );
  }
  if (standing.keys.filter((each) => each.revoked_at === null).length >= limits.activeKeysMax) {
    throw new OnymError(
      'invalid-payload',
      `There are ${limits.activeKeysMax} keys that are not revoked, as many as there may be. Revoke some that nobody uses.`,
    );
  }
  return {
    name: key.name,
    kind: key.kind,
    hash: hashOf(secret),
    scopes: JSON.stringify(scopes),
    environments: JSON.stringify(environments),
    origins: origins === undefined ? null : JSON.stringify(origins),
    initial: 0,
    created_at: now,
    created_by: by,
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  };
}
