import { createPeople, createTrackItems, type Random } from '../workload.ts';

export interface Call {
  readonly path: '/identify' | '/alias' | '/track';
  readonly body: object;
  /** Whom it says to be one person; null for an event. */
  readonly pair: readonly [string, string] | null;
}

/** Of a hundred calls; the others are events. */
const identifiesOfHundred = 5;
const aliasesOfHundred = 1;
/** An identify of somebody who was identified before; an alias likewise. */
const repeatShare = 0.8;
const population = 20_000;

/** The product mix: events, people who log in, most of them not for the first time, and a few aliases. Names begin with `prefix`. */
export function mixedCalls(prefix: string, count: number, random: Random): Call[] {
  const people = createPeople(population, random);
  const events = createTrackItems(count, people, random);
  let known = 0;
  const person = (): number => (known > 0 && random() < repeatShare ? Math.floor(random() * known) : known++);
  return events.map((event): Call => {
    const share = random() * 100;
    if (share >= identifiesOfHundred + aliasesOfHundred) return { path: '/track', body: event, pair: null };
    const user = `${prefix}_user_${person()}`;
    if (share < aliasesOfHundred) {
      const billing = `stripe:cus_${user}`;
      return { path: '/alias', body: { distinct_id: user, alias_id: billing }, pair: [user, billing] };
    }
    const browser = `anonymous-${user}`;
    const body = { distinct_id: user, anonymous_id: browser, traits: { plan: 'team', email: `${user}@example.com` } };
    return { path: '/identify', body, pair: [user, browser] };
  });
}
