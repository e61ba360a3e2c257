/**
 * The workload: people, their identifiers and what they do. Seeded, so that two runs send the same bytes.
 * Sizes and shares are those of BENCH's description in docs/performance.md.
 */

export type Random = () => number;

/** sfc32: small, fast, and the same everywhere. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

export interface Person {
  /** The user's own id; null for the 70% that never identify. */
  readonly userId: string | null;
  readonly anonymousIds: readonly string[];
  readonly deviceIds: readonly string[];
}

/** Identifiers per person: share of people, mean number. */
const identifierGroups = [
  { upTo: 0.69, mean: 1.5 },
  { upTo: 0.93, mean: 2.4 },
  { upTo: 1, mean: 12.5 },
] as const;
const identifiedShare = 0.3;
const devicesMax = 4;
const zipfExponent = 0.99;

/** At least one, with the mean asked for. */
function geometric(random: Random, mean: number): number {
  const more = 1 - 1 / mean;
  let count = 1;
  while (random() < more && count < 200) count++;
  return count;
}

export function createPeople(count: number, random: Random): Person[] {
  return Array.from({ length: count }, (_, person) => {
    const share = random();
    const { mean } = identifierGroups.find(({ upTo }) => share < upTo) ?? identifierGroups[2];
    const ids = geometric(random, mean);
    const devices = 1 + Math.floor(random() * devicesMax);
    return {
      userId: random() < identifiedShare ? `user_${person}` : null,
      anonymousIds: Array.from({ length: ids }, (_, i) => `anonymous-${hex(random, 12)}-${person}-${i}`),
      deviceIds: Array.from({ length: devices }, (_, i) => `device-${hex(random, 8)}-${person}-${i}`),
    };
  });
}

/** Who is active: rank r with weight r^-0.99. */
export function createZipf(count: number, random: Random): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += (rank + 1) ** -zipfExponent;
    sums[rank] = sum;
  }
  return () => {
    const at = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function hex(random: Random, length: number): string {
  let text = '';
  while (text.length < length)
    text += Math.floor(random() * 0x10000)
      .toString(16)
      .padStart(4, '0');
  return text.slice(0, length);
}

const eventNames = [
  'page_viewed',
  'button_clicked',
  'item_added',
  'search',
  'purchase',
  'signup',
  'video_played',
] as const;
const plans = ['free', 'team', 'business'] as const;
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
/** With the rest of the item: 0.4 to 1 KB. */
const fillerLengthMax = 600;
const filler =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore '.repeat(
    6,
  );

export interface TrackOptions {
  /** Send anonymous_id beside the distinct_id of identified people: link evidence. */
  readonly evidence?: boolean;
}

export interface TrackBody {
  readonly [field: string]: unknown;
}

/** One event of a person, as an application's library sends it. */
export function trackItem(person: Person, random: Random, options: TrackOptions = {}): TrackBody {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const anonymousId = pick(person.anonymousIds);
  return {
    event: pick(eventNames),
    distinct_id: person.userId ?? anonymousId,
    ...(options.evidence && person.userId !== null && { anonymous_id: anonymousId }),
    device_id: pick(person.deviceIds),
    session_id: hex(random, 16),
    timestamp: new Date(Date.UTC(2026, 9, 1) + Math.floor(random() * 30 * 86_400_000)).toISOString(),
    properties: {
      $lib: 'onym-js',
      url: `https://shop.example/products/${Math.floor(random() * 10_000)}?ref=${hex(random, 8)}`,
      title: filler.slice(0, 20 + Math.floor(random() * 40)),
      plan: pick(plans),
      price: Math.floor(random() * 100_000) / 100,
      count: Math.floor(random() * 10),
      is_new: random() < 0.5,
      screen: { width: 1920, height: 1080 },
      user_agent: userAgent,
      text: filler.slice(0, Math.floor(random() * fillerLengthMax)),
    },
  };
}

export function createTrackItems(
  count: number,
  people: readonly Person[],
  random: Random,
  options?: TrackOptions,
): TrackBody[] {
  const active = createZipf(people.length, random);
  return Array.from({ length: count }, () => trackItem(people[active()]!, random, options));
}
