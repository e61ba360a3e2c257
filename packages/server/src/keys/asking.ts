import { OnymError } from '../errors.ts';
import type { Key } from './types.ts';

/** What a key may do to others. All throw OnymError with what is wrong and what to do. */

type Rights = Pick<Key, 'scopes' | 'environments'>;

/** `before`: what the key that is changed has already, null for a new one. A scope counts in each of its environments by itself. */
export function checkGiven(asker: Rights, before: Rights | null, after: Rights): void {
  for (const environment of after.environments) {
    const had = before?.environments.includes(environment) ? before.scopes : [];
    const lacking = after.scopes.find((scope) => !had.includes(scope) && !asker.scopes.includes(scope));
    if (lacking !== undefined) throw notItsOwn(`the scope ${lacking}`);
    const isGiven = after.scopes.some((scope) => !had.includes(scope));
    if (isGiven && !asker.environments.includes(environment)) throw notItsOwn(`the environment ${environment}`);
  }
}

const notItsOwn = (what: string): OnymError =>
  new OnymError(
    'forbidden',
    `The API key can't give ${what}, which it does not have itself. Leave it out, ask with a key that has it, or use \`onym keys\` on the server's machine.`,
  );

interface Reach {
  /** Environments that there are. */
  readonly served: readonly string[];
  /** It may be the asker. */
  readonly self: boolean | undefined;
}

/** Whether the asker may change or end this key. */
export function checkReach(asker: Pick<Key, 'name' | 'environments'>, key: Key, { served, self }: Reach): void {
  if (key.name === asker.name && self !== true) {
    throw new OnymError(
      'invalid-payload',
      `${JSON.stringify(key.name)} is the API key that asks. To change it all the same, send "self": true; what it loses by that it can't give back to itself.`,
    );
  }
  const beyond = key.environments.find((name) => served.includes(name) && !asker.environments.includes(name));
  if (beyond === undefined) return;
  throw new OnymError(
    'forbidden',
    `The key ${JSON.stringify(key.name)} is for the environment ${beyond} as well, and the one that asks is not. Ask with a key that is, or use \`onym keys\` on the server's machine.`,
  );
}

/** Whether it is shown to the asker: it may use one of its environments, or none that there are. */
export function isShownTo(asker: Rights, { environments }: Key, served: readonly string[]): boolean {
  const own = environments.filter((name) => served.includes(name));
  return own.length === 0 || own.some((name) => asker.environments.includes(name));
}
