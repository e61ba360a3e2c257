import type { KeyPair, KeyStore } from './types.ts';

/** A line of the log about a variable that holds a key, and that a start did not register. */
export interface Notice {
  readonly level: 'info' | 'warn';
  readonly message: string;
}

export interface GivenKeys {
  /** ONYM_INITIAL_WRITE_KEY, ONYM_INITIAL_SECRET_KEY */
  readonly initialKeys: KeyPair;
  /** ONYM_WRITE_KEY, ONYM_SECRET_KEY */
  readonly clientKeys: KeyPair;
}

export function startNotices(keys: Pick<KeyStore, 'stateOf'>, isFirst: boolean, given: GivenKeys): Notice[] {
  const { initialKeys, clientKeys } = given;
  const ignored: [secret: string | null, problem: string][] = [
    [clientKeys.writeKey, forClients('ONYM_WRITE_KEY', 'ONYM_INITIAL_WRITE_KEY')],
    [clientKeys.secretKey, forClients('ONYM_SECRET_KEY', 'ONYM_INITIAL_SECRET_KEY')],
  ];
  if (!isFirst) {
    ignored.push(
      [initialKeys.writeKey, tooLate('ONYM_INITIAL_WRITE_KEY')],
      [initialKeys.secretKey, tooLate('ONYM_INITIAL_SECRET_KEY')],
    );
  }
  return ignored.flatMap(([secret, problem]) => (secret === null ? [] : [notice(problem, keys.stateOf(secret))]));
}

const forClients = (variable: string, initial: string): string =>
  `${variable} is not registered: it is what clients and commands send. ${initial} names the key that a first start registers.`;

const tooLate = (variable: string): string =>
  `${variable} is ignored: it counts at the first start of all only, when there is no key yet.`;

/** A variable whose key works here all the same is worth no warning. */
function notice(problem: string, state: ReturnType<KeyStore['stateOf']>): Notice {
  switch (state) {
    case 'active':
      return { level: 'info', message: `${problem} The key in it is one of this server's, and works.` };
    case 'revoked':
      return { level: 'warn', message: `${problem} The key in it was revoked; \`onym keys create\` makes another.` };
    case 'unknown':
      return { level: 'warn', message: `${problem} The key in it is unknown here; \`onym keys create\` makes keys.` };
  }
}
