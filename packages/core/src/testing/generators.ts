import fc from 'fast-check';
import type {
  DistinctId,
  HoldReason,
  Link,
  LinkKind,
  LinkRule,
  Millis,
  Operation,
  RevertOperation,
  Seq,
  Settings,
  Source,
  TraitInput,
} from '../types.ts';
import { defaultSettings, traitKinds } from '../types.ts';
import { isAnonymousByForm, isReservedId } from './ids.ts';

/** A call that names links or rows; which ones is settled when it is played, against the ledger so far. */
export type Steering = { readonly timestamp: Millis | null; readonly source: Source } & (
  | { readonly op: 'split' | 'approve' | 'reject'; readonly pick: number }
  | { readonly op: 'revert-batch'; readonly batch: string; readonly separate: boolean }
  | {
      readonly op: 'revert-key';
      readonly key: string;
      readonly picks: readonly [number, number];
      readonly separate: boolean;
    }
);

export type Step = { readonly now: Millis } & ({ readonly operation: Operation } | { readonly steering: Steering });

export type History = readonly Step[];

/** What steering needs to see of a ledger. The reference model offers it; so can an engine under test. */
export interface LedgerView {
  links(): readonly Pick<Link, 'seq' | 'status'>[];
  rows(): readonly { readonly seq: Seq; readonly time: Millis; readonly operation: { readonly source: Source } }[];
}

/** Named by steering when the ledger has no link; no history gets that long. */
const unknownSeq = 1_000_000;

/** One pick in so many ignores the status that would make sense, to try the answers `unchanged` and `not-found`. */
const strayPickOneIn = 8;

const sensibleStatus: Record<'split' | 'approve' | 'reject', readonly Link['status'][]> = {
  split: ['active'],
  approve: ['held', 'refused'],
  reject: ['held', 'refused'],
};

/** Turns a step into the operation to submit. */
export function resolveStep(step: Step, ledger: LedgerView): Operation {
  if ('operation' in step) return step.operation;
  const { timestamp, source } = step.steering;
  const steering = step.steering;
  switch (steering.op) {
    case 'revert-batch': {
      const rows = ledger.rows().filter((row) => row.operation.source.batch === steering.batch);
      return revert({ batch: steering.batch }, rows);
    }
    case 'revert-key': {
      const times = steering.picks.map((pick) => at(ledger.rows(), pick)?.time ?? 0).sort((a, b) => a - b);
      const [from, to] = [times[0]!, times[1]!];
      const rows = ledger
        .rows()
        .filter((row) => row.operation.source.key === steering.key && row.time >= from && row.time <= to);
      return revert({ key: steering.key, from, to }, rows);
    }
    default: {
      const sensible = ledger.links().filter((link) => sensibleStatus[steering.op].includes(link.status));
      const stray = sensible.length === 0 || steering.pick % strayPickOneIn === 0;
      const link = at(stray ? ledger.links() : sensible, Math.floor(steering.pick / strayPickOneIn))?.seq ?? unknownSeq;
      return steering.op === 'split'
        ? { op: 'split', target: { link }, timestamp, source }
        : { op: steering.op, link, timestamp, source };
    }
  }

  function revert(scope: RevertOperation['scope'], rows: readonly { readonly seq: Seq }[]): RevertOperation {
    const separate = 'separate' in steering && steering.separate;
    return { op: 'revert', scope, seqs: rows.map((row) => row.seq), separate, timestamp, source };
  }
}

function at<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)];
}

/** Plays a history; `submit` gets each operation with its time, in order. Answers what `submit` returned. */
export function play<T>(history: History, ledger: LedgerView, submit: (operation: Operation, now: Millis) => T): T[] {
  return history.map((step) => submit(resolveStep(step, ledger), step.now));
}

// ---------------------------------------------------------------------------------------------------------------------

export const universe = {
  users: ['user_1', 'user_2', 'user_3'],
  anonymous: ['anonymous-1', 'anonymous-2', 'device-1'],
  typed: ['stripe:1', 'stripe:2', 'crm:1'],
  /** Neither known nor anonymous until something says so. */
  plain: ['x1', 'x2'],
  /** Anonymous by form under the second rules. */
  lately: ['visitor-1'],
  /** Anonymous by form once `^guest-` is among the patterns. */
  patterned: ['guest-1'],
  reserved: [
    'null',
    ' "Guest" ',
    '',
    '00000000-0000-0000-0000-000000000000',
    'stripe: "undefined"',
    'anon-null',
    'noreply@shop',
  ],
} as const;

export type Kind = Operation['op'] | 'revert-batch' | 'revert-key' | 'split-pair' | 'split-set';

export interface HistoryOptions {
  readonly stepsMax: number;
  readonly ids: readonly DistinctId[];
  /** How often each kind is drawn; kinds left out or at 0 never are. */
  readonly weights: Partial<Record<Exclude<Kind, 'revert'>, number>>;
  readonly publicSources: boolean;
  readonly batches: readonly string[];
  readonly keys: readonly string[];
  readonly traits: boolean;
  /** Whether identify may ask for a link. */
  readonly identifyLinks: boolean;
  /** Reserved ids as anonymous_id of identify. */
  readonly reservedIds: boolean;
  /** `never`: every call comes without; `always`: with one, so that a repeat is a true repeat. */
  readonly timestamps: 'never' | 'mixed' | 'always';
  /** Drawn from by settings operations. */
  readonly settings: readonly Settings[];
}

export const smallSettings: readonly Settings[] = [
  defaultSettings,
  { ...defaultSettings, identifiersPerIdentityMax: 3 },
  { ...defaultSettings, identifiersPerIdentityMax: 5, publicKeyMerges: 'apply' },
  { ...defaultSettings, identifiersPerTypeMax: { stripe: 1 } },
  { ...defaultSettings, identifiersPerIdentityMax: 4, identifiersPerTypeMax: { stripe: 1, crm: 0 } },
  { ...defaultSettings, anonymousPatterns: ['^guest-'] },
  { ...defaultSettings, rules: 1, publicKeyMerges: 'apply' },
  { ...defaultSettings, reservedPatterns: ['^noreply@'] },
];

const everyId = [
  ...universe.users,
  ...universe.anonymous,
  ...universe.typed,
  ...universe.plain,
  ...universe.patterned,
  ...universe.lately,
];

/** All kinds of operations. */
export const fullOptions: HistoryOptions = {
  stepsMax: 30,
  ids: everyId,
  weights: {
    identify: 12,
    alias: 12,
    track: 6,
    link: 2,
    split: 3,
    'split-pair': 2,
    'split-set': 1,
    separate: 1,
    lift: 1,
    'revert-batch': 1,
    'revert-key': 1,
    approve: 3,
    reject: 1,
    settings: 1,
  },
  publicSources: true,
  batches: ['import-1', 'import-2'],
  keys: ['pk_1', 'sk_1'],
  traits: true,
  identifyLinks: true,
  reservedIds: true,
  timestamps: 'mixed',
  settings: smallSettings,
};

/** No refusals, holds or separations can come of these: aliases by secret keys and identifies without a link (R3). */
export const calmOptions: HistoryOptions = {
  ...fullOptions,
  weights: { alias: 10, identify: 3 },
  publicSources: false,
  identifyLinks: false,
  reservedIds: false,
  timestamps: 'always',
};

/** Calls only, nothing taken back. */
export const callOptions: HistoryOptions = { ...fullOptions, weights: { identify: 10, alias: 8, track: 5 } };

/** Times of histories lie around here. */
export const historyStart: Millis = 1_700_000_000_000;

function sources(options: HistoryOptions): fc.Arbitrary<Source> {
  return fc.record({
    key: fc.constantFrom(...options.keys),
    lib: fc.constantFrom(null, 'web'),
    batch:
      options.batches.length === 0
        ? fc.constant(null)
        : fc.oneof(
            { weight: 4, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.constantFrom(...options.batches) },
          ),
    public: options.publicSources ? fc.boolean() : fc.constant(false),
  });
}

function timestamps(options: HistoryOptions): fc.Arbitrary<Millis | null> {
  // Few values, so that they meet; the last is far in the future.
  const given = fc.constantFrom(0, 5, 10, 15, 20, 10_000_000_000).map((offset) => historyStart + offset);
  if (options.timestamps === 'never') return fc.constant(null);
  return options.timestamps === 'always' ? given : fc.oneof(fc.constant(null), given);
}

function traitInputs(options: HistoryOptions): fc.Arbitrary<TraitInput[]> {
  if (!options.traits) return fc.constant([]);
  const trait = fc.record({
    key: fc.constantFrom('plan', 'city'),
    value: fc.constantFrom<TraitInput['value'][]>('a', 'b', null, 1, { x: [1, 2] }),
    kind: fc.constantFrom(...traitKinds),
  });
  return fc.uniqueArray(trait, { maxLength: 3, selector: ({ key, kind }) => `${key} ${kind}` });
}

function steps(options: HistoryOptions): fc.Arbitrary<Unplaced> {
  const id = fc.constantFrom(...options.ids);
  const asked = { timestamp: timestamps(options), source: sources(options) };
  const steered = {
    timestamp: timestamps(options),
    source: sources({ ...options, publicSources: false, batches: [] }),
  };
  const two = fc.tuple(id, id).filter(([a, b]) => a !== b);
  const pick = fc.nat({ max: 799 });
  const reserved = fc.constantFrom(...universe.reserved);
  const anonymousId = fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: options.identifyLinks ? 8 : 0, arbitrary: id },
    { weight: options.reservedIds ? 1 : 0, arbitrary: reserved },
  );
  // The caller of the engine lets no other pair through. Patterned ids may be anonymous by form at that time.
  const trackable = options.ids.filter((candidate) => !smallSettings.some((s) => isAnonymousByForm(candidate, s)));
  const trackPair = fc
    .tuple(trackable.length > 0 ? fc.constantFrom(...trackable) : fc.constant('user_1'), id)
    .filter(([d, a]) => d !== a && !isReservedId(a));

  const operation = (arbitrary: fc.Arbitrary<Operation>) => arbitrary.map((value) => ({ operation: value }));
  const steering = (arbitrary: fc.Arbitrary<Steering>) => arbitrary.map((value) => ({ steering: value }));
  const overLink = (op: 'split' | 'approve' | 'reject') =>
    steering(fc.record({ op: fc.constant(op), pick, ...steered }));
  const overPair = (op: 'separate' | 'lift') =>
    operation(fc.tuple(two, fc.record(steered)).map(([[a, b], rest]) => ({ op, a, b, ...rest })));
  const keyOf = fc.constantFrom(...options.keys);

  const all: Record<Exclude<Kind, 'revert'>, () => fc.Arbitrary<Unplaced>> = {
    identify: () =>
      operation(
        fc.oneof(
          {
            weight: 6,
            arbitrary: fc.record({
              op: fc.constant('identify'),
              distinctId: id,
              anonymousId,
              traits: traitInputs(options),
              ...asked,
            }),
          },
          {
            weight: 1,
            arbitrary: fc.record({
              op: fc.constant('identify'),
              distinctId: id,
              anonymous: fc.constant(true),
              anonymousId: fc.constant(null),
              traits: traitInputs(options),
              ...asked,
            }),
          },
        ),
      ),
    alias: () =>
      operation(
        fc.record({
          op: fc.constant('alias'),
          primary: id,
          secondary: id,
          kind: fc.constantFrom('alias', 'alias', 'import'),
          ...asked,
        }),
      ),
    track: () =>
      operation(
        fc
          .tuple(trackPair, fc.record(asked))
          .map(([[distinctId, anon], rest]) => ({ op: 'track', distinctId, anonymousId: anon, ...rest })),
      ),
    link: () =>
      operation(
        fc
          .record({
            op: fc.constant('link' as const),
            kind: fc.constantFrom<LinkKind[]>('identify', 'alias', 'track', 'import', 'manual'),
            rule: fc.constantFrom<LinkRule[]>('identify', 'track', 'alias'),
            primary: id,
            secondary: id,
            waived: fc.subarray<HoldReason>(['identity-too-large', 'too-many-of-type', 'needs-secret-key']),
            guarded: fc.boolean(),
            ...asked,
          })
          // Publishable keys approve nothing.
          .map((link) => (link.kind === 'manual' ? { ...link, source: { ...link.source, public: false } } : link)),
      ),
    split: () => overLink('split'),
    'split-pair': () =>
      operation(
        fc.tuple(two, fc.record(steered)).map(([[a, b], rest]) => ({ op: 'split', target: { a, b }, ...rest })),
      ),
    'split-set': () =>
      operation(
        fc
          .tuple(fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), fc.record(steered))
          .map(([ids, rest]) => ({ op: 'split', target: { ids }, ...rest })),
      ),
    separate: () => overPair('separate'),
    lift: () => overPair('lift'),
    'revert-batch': () =>
      steering(
        fc.record({
          op: fc.constant('revert-batch'),
          batch: fc.constantFrom(...options.batches),
          separate: fc.boolean(),
          ...steered,
        }),
      ),
    'revert-key': () =>
      steering(
        fc.record({
          op: fc.constant('revert-key'),
          key: keyOf,
          picks: fc.tuple(pick, pick),
          separate: fc.boolean(),
          ...steered,
        }),
      ),
    approve: () => overLink('approve'),
    reject: () => overLink('reject'),
    settings: () =>
      operation(fc.record({ op: fc.constant('settings'), settings: fc.constantFrom(...options.settings), ...steered })),
  };

  const kinds = Object.keys(all) as (keyof typeof all)[];
  return fc.oneof(
    ...kinds
      .filter((kind) => (options.weights[kind] ?? 0) > 0)
      .map((kind) => ({ weight: options.weights[kind]!, arbitrary: all[kind]() })),
  );
}

type Unplaced = { readonly operation: Operation } | { readonly steering: Steering };

/** How a drawn step may lean on an earlier one: be that call again, or lift what it separated. */
type Lean = { readonly kind: 'none' } | { readonly kind: 'again' | 'lift'; readonly pick: number };

function leaning(options: HistoryOptions): fc.Arbitrary<Lean> {
  const pick = fc.nat({ max: 99 });
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant<Lean>({ kind: 'none' }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), pick }) },
    { weight: options.weights.lift ? 1 : 0, arbitrary: fc.record({ kind: fc.constant('lift' as const), pick }) },
  );
}

function leanOn(earlier: readonly Unplaced[], step: Unplaced, lean: Lean): Unplaced {
  if (lean.kind === 'none') return step;
  if (lean.kind === 'again') return at(earlier, lean.pick) ?? step;
  const separating = earlier.flatMap((candidate) => {
    if (!('operation' in candidate)) return [];
    const { operation } = candidate;
    if (operation.op === 'separate') return [{ ...operation, op: 'lift' as const }];
    if (operation.op !== 'split' || !('a' in operation.target)) return [];
    const { timestamp, source, target } = operation;
    return [{ op: 'lift' as const, ...target, timestamp, source }];
  });
  const lift = at(separating, lean.pick);
  return lift ? { operation: lift } : step;
}

/** Ids of one history: few, so that they meet. */
const idsPerHistory = { minLength: 3, maxLength: 7 };

/** Histories under `options`; the clock mostly goes forward, now and then back (received time must not follow). */
export function histories(options: HistoryOptions = fullOptions): fc.Arbitrary<History> {
  const elapsed = fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: -20, max: -1 }) },
  );
  const someIds = fc.subarray([...options.ids], {
    minLength: Math.min(idsPerHistory.minLength, options.ids.length),
    maxLength: Math.min(idsPerHistory.maxLength, options.ids.length),
  });
  return someIds.chain((ids) =>
    fc
      .array(fc.record({ elapsed, lean: leaning(options), step: steps({ ...options, ids }) }), {
        minLength: 1,
        maxLength: options.stepsMax,
        // Left to its default, fast-check draws short histories, and little happens in those.
        size: 'max',
      })
      .map((items) => {
        let now = historyStart;
        const placed: Step[] = [];
        for (const { elapsed: delta, lean, step } of items) {
          now += delta;
          placed.push({ ...leanOn(placed, step, lean), now });
        }
        return placed;
      }),
  );
}

/** What the history starts with. */
export const startSettings: fc.Arbitrary<Settings> = fc.constantFrom(...smallSettings);
