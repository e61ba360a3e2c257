/** A call of the imagined shop, as an application sends it. */
export type ShopCall =
  | { readonly route: 'track'; readonly item: ShopEvent }
  | { readonly route: 'identify' | 'alias'; readonly item: object };

export interface ShopEvent {
  readonly event: string;
  readonly distinct_id: string;
  readonly timestamp: string;
  readonly properties: object;
}

/** Twelve weeks from a Monday, in the past on any clock, so that every event counts when it says it happened. */
const firstDay = Date.UTC(2025, 0, 6);
const days = 84;
const dayMs = 86_400_000;
const minuteMs = 60_000;

const paths = ['/', '/', '/pricing', '/docs', '/blog/first-touch', '/changelog'];
const sources = ['search', 'search', 'search', 'mail', 'mail', 'ads'];
const countries = ['CH', 'DE', 'DE', 'FR', 'US', 'US'];
const plans = ['free', 'free', 'free', 'pro', 'pro', 'team'];
const prices: Readonly<Record<string, readonly number[]>> = { free: [5, 9.5], pro: [20, 49.9], team: [120, 199.5] };

/**
 * What happens in a shop until so many events have happened, person by person: the same calls for the same number and seed, and nearly the
 * same shares for any number. Some come back on a second device, some pay under a customer id, a few amounts are texts or missing.
 */
export function* shopCalls(events: number, seed = 1): Generator<ShopCall> {
  const random = randomFrom(seed);
  let left = events;
  for (let number = 1; left > 0; number++) {
    for (const call of lifeOf(number, random)) {
      if (call.route === 'track' && left-- === 0) return;
      yield call;
    }
  }
}

function* lifeOf(number: number, random: () => number): Generator<ShopCall> {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const chance = (share: number) => random() < share;
  const userId = `user_${number}`;
  const plan = pick(plans);
  const country = pick(countries);
  const source = pick(sources);
  let device = `anonymous-${number}`;
  let isKnown = false;
  let isCustomer = false;
  let day = Math.floor(random() * days);
  for (let visit = 0; day < days; visit++) {
    let at = firstDay + day * dayMs + Math.floor(random() * 15 * 60) * minuteMs;
    const next = () => {
      at += (1 + Math.floor(random() * 9)) * minuteMs;
      return new Date(at).toISOString();
    };
    const track = (event: string, properties: object): ShopCall => ({
      route: 'track',
      item: { event, distinct_id: isKnown ? userId : device, timestamp: next(), properties },
    });
    // Another device, on which nobody is logged in yet.
    const isElsewhere = isKnown && chance(0.1);
    if (isElsewhere) {
      device = `anonymous-${number}-phone`;
      isKnown = false;
    }
    for (let pages = 1 + Math.floor(random() * 4); pages > 0; pages--) {
      const path = pick(paths);
      yield track('page_view', {
        path,
        $current_url: `https://shop.example${path}`,
        utm: visit === 0 ? { source, medium: source === 'ads' ? 'cpc' : 'organic' } : { source: 'direct' },
        ...(path.startsWith('/blog') && { tags: chance(0.5) ? ['guide', 'identity'] : ['guide'] }),
      });
    }
    if (isElsewhere || (!isKnown && device === `anonymous-${number}` && chance(visit === 0 ? 0.25 : 0.4))) {
      const traits = {
        plan,
        country,
        email: `${userId}@example.com`,
        ...(plan === 'team' && { seats: 2 + (number % 9) }),
      };
      if (!isElsewhere) yield track('signup', { plan });
      yield { route: 'identify', item: { distinct_id: userId, anonymous_id: device, timestamp: next(), traits } };
      isKnown = true;
    }
    if (isKnown && chance(0.3)) {
      const price = pick(prices[plan]!);
      const amount = chance(0.02) ? `${price} CHF` : price;
      yield track('purchase', {
        ...(chance(0.97) && { amount }),
        order_id: 9_007_199_254 + number,
        items: [{ sku: `sku-${1 + (number % 20)}`, price }],
      });
      if (!isCustomer) {
        yield { route: 'alias', item: { distinct_id: userId, alias_id: `stripe:cus_${number}`, timestamp: next() } };
        isCustomer = true;
      }
    }
    // Fewer come back with every week; who is known comes back more often.
    if (!chance(isKnown ? 0.7 : 0.3)) return;
    day += 1 + Math.floor(random() * 10);
  }
}

/** Numbers from 0 to below 1, the same on every machine (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
