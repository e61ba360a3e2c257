import { isDeepStrictEqual } from 'node:util';
import type { Identity, Link, Onym } from '@onym/sdk';

/** One person as the server tells: the answer of `identity()`, and the events of each identifier. */
export interface Person {
  readonly identity: Identity;
  readonly events: ReadonlyMap<string, number>;
}

export async function readPerson(onym: Onym, id: string): Promise<Person> {
  const identity = await onym.identity(id, { by: 'distinct_id' });
  if (identity === null) throw new Error(`The server does not know ${id}.`);
  const { rows } = await onym.query<{ distinct_id: string; count: number }>(
    `SELECT distinct_id, count() AS count FROM events WHERE identity_id = '${identity.identityId}' GROUP BY distinct_id`,
  );
  return { identity, events: new Map(rows.map(({ distinct_id, count }) => [distinct_id, Number(count)])) };
}

/** In everything but links that do not hold: those stay on record. */
export function sameAs(a: Person, b: Person): boolean {
  return isDeepStrictEqual(standing(a), standing(b));
}

function standing({ identity, events }: Person) {
  return { ...identity, links: activeLinks(identity), events };
}

/** The links that hold the identity together, oldest first. */
export function activeLinks({ links }: Identity): Link[] {
  return links.filter(({ status }) => status === 'active').sort((a, b) => a.seq - b.seq);
}
