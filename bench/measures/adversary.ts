import type { Random } from '../workload.ts';

/** One thing that applications do wrong, or that people do together, as single calls in their order. */
export interface Scene {
  readonly name: string;
  readonly path: '/identify' | '/alias' | '/track';
  readonly calls: readonly object[];
  /** Every call of it is to be turned down. */
  readonly isInvalid?: boolean;
  /** All within a second. */
  readonly atOnce?: boolean;
  /** Two ids of a call that are one person's where the verdict says so. */
  pairOf?(call: object): readonly [string, string];
}

interface Identify {
  readonly distinct_id: string;
  readonly anonymous_id: string;
}
interface Alias {
  readonly distinct_id: string;
  readonly alias_id: string;
}

const devicePeopleMax = 200;
const devicePeopleMin = 20;
const kioskPeople = 1_000;
const sharedAddressPeople = 5_000;
const burst = 1_000;
const chainLength = 64;
const chains = 8;
const cycleLength = 16;
const cycles = 20;
const lateEvents = 500;
const reservedIds = ['null', 'undefined', '0', 'guest', 'anonymous', '[object Object]', 'none', 'NaN'];
const year = 365 * 86_400_000;

const identifyPair = (call: object) => [(call as Identify).distinct_id, (call as Identify).anonymous_id] as const;
const aliasPair = (call: object) => [(call as Alias).distinct_id, (call as Alias).alias_id] as const;
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** The adversarial lane of a round; of ids that no other round has. */
export function scenesOf(round: number, random: Random): Scene[] {
  const of = (what: string) => `${what}_r${round}`;
  const devicePeople = devicePeopleMin + Math.floor(random() * (devicePeopleMax - devicePeopleMin));
  const lateIds = times(lateEvents / 5, (n) => `${of('late')}_${n}`);
  const links = (name: string, from: number, to: number): Alias => ({
    distinct_id: `${name}_${from}`,
    alias_id: `${name}_${to}`,
  });
  return [
    {
      name: 'a device shared',
      path: '/identify',
      calls: times(devicePeople, (n) => ({
        distinct_id: `${of('family')}_${n}`,
        anonymous_id: of('anonymous-device'),
      })),
      pairOf: identifyPair,
    },
    {
      name: 'a kiosk',
      path: '/identify',
      calls: times(kioskPeople, (n) => ({ distinct_id: `${of('visitor')}_${n}`, anonymous_id: of('anonymous-kiosk') })),
      pairOf: identifyPair,
    },
    {
      name: 'one address for all',
      path: '/alias',
      calls: times(sharedAddressPeople, (n) => ({
        distinct_id: `${of('customer')}_${n}`,
        alias_id: `email:noreply@${of('shop')}.example`,
      })),
      pairOf: aliasPair,
    },
    {
      name: 'one person, a thousand devices at once',
      path: '/identify',
      calls: times(burst, (n) => ({ distinct_id: of('popular'), anonymous_id: `${of('anonymous-burst')}-${n}` })),
      atOnce: true,
      pairOf: identifyPair,
    },
    {
      name: 'reserved ids',
      path: '/alias',
      calls: times(reservedIds.length * 10, (n) => ({
        distinct_id: `${of('victim')}_${n}`,
        alias_id: reservedIds[n % reservedIds.length]!,
      })),
      isInvalid: true,
    },
    {
      name: 'chains',
      path: '/alias',
      calls: times(chains, (chain) => times(chainLength - 1, (n) => links(`${of('chain')}_${chain}`, n, n + 1))).flat(),
      pairOf: aliasPair,
    },
    {
      name: 'cycles, twice',
      path: '/alias',
      calls: times(2 * cycles, (cycle) =>
        times(cycleLength, (n) => links(`${of('cycle')}_${cycle % cycles}`, n, (n + 1) % cycleLength)),
      ).flat(),
      pairOf: aliasPair,
    },
    {
      name: 'late and repeated events',
      path: '/track',
      // Each of them five times; without a session they have no content of their own.
      calls: times(lateEvents, (n) => ({
        uuid: `00000000-0000-7000-8${String(round + 1).padStart(3, '0')}-${String(n % lateIds.length).padStart(12, '0')}`,
        event: 'synced',
        distinct_id: lateIds[n % lateIds.length]!,
        timestamp: new Date(
          Date.UTC(2026, 9, 1) - Math.floor(((n % lateIds.length) / lateIds.length) * year),
        ).toISOString(),
        properties: { n: n % lateIds.length },
      })),
    },
  ];
}

/** How many events the lane's tracks are, counted once each. */
export const eventsOf = (scenes: readonly Scene[]): number =>
  new Set(
    scenes
      .filter(({ path }) => path === '/track')
      .flatMap(({ calls }) => calls.map((call) => (call as { uuid: string }).uuid)),
  ).size;
