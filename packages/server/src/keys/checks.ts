import { hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type KeyKind, type Scope, scopesByKind } from './types.ts';

/** What a key may be called, may do, and where. All throw OnymError with what is wrong. */

/** Name under which commands on the server's own machine appear in the ledger. */
export const localKeyName = 'local';

export function checkName(name: string): void {
  if (name.trim() === '' || Buffer.byteLength(name) > limits.keyNameBytesMax) {
    throw new OnymError('invalid-payload', `A key needs a name of 1 to ${limits.keyNameBytesMax} bytes.`);
  }
  if (name.includes('\0') || !hasOnlyWholeCharacters(name)) {
    throw new OnymError('invalid-payload', "A key's name is text without NUL and without half a surrogate pair.");
  }
  if (name === localKeyName) {
    throw new OnymError(
      'invalid-payload',
      `The ledger calls commands on the server's own machine ${JSON.stringify(localKeyName)}. Choose another name.`,
    );
  }
}

/** The scopes asked for, each once, in the order of the documentation. */
export function scopesFor(kind: KeyKind, asked: readonly string[]): Scope[] {
  const possible = scopesByKind[kind];
  const wrong = asked.find((scope) => !(possible as readonly string[]).includes(scope));
  if (wrong !== undefined) {
    const isForSecretKeys = (scopesByKind.secret as readonly string[]).includes(wrong);
    throw new OnymError(
      'invalid-payload',
      isForSecretKeys
        ? `A publishable key can't have the scope ${wrong}, because anyone can read it: it can have ${possible.join(', ')}. Make a secret key for the rest (--secret; over HTTP, "kind": "secret").`
        : `There is no scope ${wrong}. A ${kind} key can have ${possible.join(', ')}.`,
    );
  }
  if (asked.length === 0) {
    throw new OnymError('invalid-payload', `A key needs a scope. A ${kind} key can have ${possible.join(', ')}.`);
  }
  return possible.filter((scope) => asked.includes(scope));
}

/** The environments asked for, each once. */
export function environmentsFrom(served: readonly string[], asked: readonly string[]): string[] {
  if (asked.length === 0) {
    throw new OnymError('invalid-payload', 'A key needs an environment. Give at least one, or revoke the key.');
  }
  const unknown = asked.find((name) => !served.includes(name));
  if (unknown !== undefined) {
    throw new OnymError(
      'environment-not-found',
      served.length === 0
        ? `There is no environment ${JSON.stringify(unknown)} yet, because no server was ever started here. Start it once.`
        : `There is no environment ${JSON.stringify(unknown)}. The server has ${served.join(', ')}: use one of these, or add it to ONYM_ENVIRONMENTS and start the server again first.`,
    );
  }
  return [...new Set(asked)];
}
