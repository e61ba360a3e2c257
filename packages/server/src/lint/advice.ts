import { isReserved, typeOf } from '@onym/core';
import type { CallName } from '../ingest/types.ts';
import { limits } from '../limits.ts';
import { isNearMiss } from './near-misses.ts';
import { type Example, type LintRule, lintThresholds } from './rules.ts';

export interface Advice {
  /** What is wrong, in one sentence. */
  readonly problem: string;
  /** What to call instead, with the ids of the example. */
  readonly instead: string;
}

/** Says of a finding what is wrong and what to call instead; without an example, with names in the place of ids. */
export function adviceFor(rule: LintRule, example: Example | null): Advice {
  return advice[rule](example ?? { call: 'alias', time: 0, ids: {} });
}

const call = (path: CallName, body: Record<string, unknown>): string => `POST /${path} ${JSON.stringify(body)}`;

const advice: Record<LintRule, (example: Example) => Advice> = {
  'alias-at-login': ({ ids }) => {
    const anonymous = ids.anonymous_id ?? '<anonymous id>';
    return {
      problem:
        'alias() joins an anonymous id with a user, which is what identify() is for: alias() also takes over the anonymous id of someone else.',
      instead: `At login and sign-up: ${call('identify', { distinct_id: userOf(ids, anonymous), anonymous_id: anonymous })}`,
    };
  },

  'alias-before-identify': ({ ids: { distinct_id, alias_id = '<other id>', anonymous_id } }) => {
    const isAnonymous = distinct_id === undefined || distinct_id === anonymous_id;
    const user = isAnonymous ? '<user id>' : distinct_id;
    const first = { distinct_id: user, ...(isAnonymous && distinct_id !== undefined && { anonymous_id: distinct_id }) };
    return {
      problem:
        'alias() joins two ids of which neither was ever identified, so that it is left to chance which id names the user.',
      instead: `First ${call('identify', first)}, then ${call('alias', { distinct_id: user, alias_id })}`,
    };
  },

  'missing-prefix': ({ ids: { distinct_id: primary = '<user id>', alias_id: secondary = '<id>' } }) => {
    const problem =
      'The alias_id does not say which system it comes from, so that it may one day be the id of another person elsewhere.';
    if (typeOf(primary) !== null) {
      return {
        problem,
        instead: `The other way round, with the user's own id first: ${call('alias', { distinct_id: secondary, alias_id: primary })}`,
      };
    }
    const alias_id = `${likelyType(secondary)}:${secondary}`;
    return {
      problem,
      instead: `With the system's name as prefix, such as stripe:, crm: or legacy:, here and wherever the id is sent: ${call('alias', { distinct_id: primary, alias_id })}`,
    };
  },

  'chained-alias': ({ ids: { alias_id = '<other id>', canonical_id: distinct_id = '<user id>' } }) => ({
    problem:
      'The distinct_id is itself an alias: the new id hangs on it instead of on the id that names the user, and goes with it when that link is taken back.',
    instead: call('alias', { distinct_id, alias_id }),
  }),

  'repeated-alias': ({ number, ids: { distinct_id = '<user id>', alias_id = '<other id>' } }) => ({
    problem: `One pair was sent ${number ?? lintThresholds.callsPerPairMin} times from one place, though a link lasts until it is taken back.`,
    instead: `Send it once, when the two ids meet for the first time (say, where the other system's record is created), and not at each login or run: ${call('alias', { distinct_id, alias_id })}`,
  }),

  'no-stable-canonical': ({ number, ids: { canonical_id: distinct_id = '<user id>' } }) => ({
    problem: `One person has ${number ?? lintThresholds.knownIdentifiersMin} known ids joined by alias(), so that no id is the one to rely on.`,
    instead: `Choose one id that never changes, send it from everywhere, and alias() only one id per other system: ${call('identify', { distinct_id })}`,
  }),

  'shared-identifier': ({ number, ids: { distinct_id = '<user id>', anonymous_id = '<anonymous id>' } }) => ({
    problem: `${number ?? lintThresholds.claimantsMin} users claim the anonymous_id ${anonymous_id}, which belongs to another: it is a shared device's or a constant.`,
    instead: `Make a new anonymous id at each logout, and never send one that is the same for several people; then ${call('identify', { distinct_id, anonymous_id: '<new anonymous id>' })}`,
  }),

  'reserved-id': (example) => {
    const ids = Object.entries(example.ids);
    // Where none is reserved everywhere, the environment's patterns say so of the first.
    const [field, id] = ids.find(([, value]) => isReserved(value)) ?? ids[0] ?? ['distinct_id', ''];
    return {
      problem: `The ${field} ${JSON.stringify(id)} names nobody: it is what a program sends when it has no id, and linking it would blend people.`,
      instead: insteadOfReserved(example, field),
    };
  },

  'near-miss-id': ({ ids: { similar_id: other = '<id>', ...ids } }) => {
    const id = Object.values(ids).find((value) => isNearMiss(value, other)) ?? '<other spelling>';
    return {
      problem: `The ids ${visible(JSON.stringify(id))} and ${visible(JSON.stringify(other))} look alike and are two to Onym, which compares ids to the letter: upper and lower case, blanks and the encoding of characters count.`,
      instead: `Send one spelling from everywhere. If both are one person: ${visible(call('alias', { distinct_id: other, alias_id: id }))}`,
    };
  },

  'clock-skew': ({ call: path, timestamp, time, ids: { distinct_id = '<user id>' } }) => ({
    problem:
      timestamp !== undefined && timestamp < lintThresholds.clockSetSince
        ? `The timestamp ${isoTime(timestamp)} comes from a clock that was never set or from another unit than seconds or milliseconds.`
        : `The timestamp ${timestamp === undefined ? '' : `${isoTime(timestamp)} `}lies ahead of the time of receipt${timestamp === undefined ? '' : `, ${isoTime(time)}`}: traits count from their receipt, an event from ${limits.clockAheadMaxMs / 60_000} minutes after it.`,
    instead: `Correct the clock, or leave timestamp out, so that the time of receipt counts: ${call(path, { distinct_id, ...(path === 'track' && { event: '…' }) })}`,
  }),

  'unknown-field': ({ call: path, field = '<field>' }) =>
    field.startsWith('?')
      ? {
          problem: `The query parameter ${JSON.stringify(field.slice(1))} of /${path} means nothing to Onym: it changed nothing.`,
          instead: 'Leave it out. What belongs to a call goes into its body.',
        }
      : {
          problem: `The field ${JSON.stringify(field)} of ${path} means nothing to Onym: what it holds is kept nowhere.`,
          instead: insteadOfUnknown(path, field),
        },
};

/** What other APIs call the fields of this one. */
const meantBy: Readonly<Record<string, string>> = {
  user_id: 'distinct_id',
  userId: 'distinct_id',
  visitor_id: 'anonymous_id',
  visitorId: 'anonymous_id',
  time: 'timestamp',
  ts: 'timestamp',
};

function insteadOfUnknown(path: Example['call'], field: string): string {
  const distinct_id = '<user id>';
  const meant = Object.hasOwn(meantBy, field) ? meantBy[field] : undefined;
  if (meant !== undefined) return `If it is the ${meant}, send it under that name; else leave it out.`;
  if (path !== 'identify' && (field === 'traits' || field === 'traits_once')) {
    return `Traits are set by identify(): ${call('identify', { distinct_id, [field]: { '…': '…' } })}`;
  }
  if (path === 'alias') return 'Leave it out.';
  const inside = { [field]: '…' };
  return path === 'track'
    ? `Move it into properties, or leave it out: ${call('track', { distinct_id, event: '…', properties: inside })}`
    : `Move it into traits, or leave it out: ${call('identify', { distinct_id, traits: inside })}`;
}

/** The user's side of a pair whose other side is anonymous. Where that is another system's id, the id that names the identity. */
function userOf({ distinct_id, alias_id, canonical_id }: Example['ids'], anonymous: string): string {
  const other = distinct_id === anonymous ? alias_id : distinct_id;
  if (other === undefined) return '<user id>';
  return typeOf(other) !== null && canonical_id !== undefined && canonical_id !== anonymous ? canonical_id : other;
}

function insteadOfReserved({ call: path, ids }: Example, field: string): string {
  const others = Object.entries(ids).filter(([name, value]) => name !== field && !isReserved(value));
  const kept = Object.fromEntries(others);
  if (path === 'track') {
    const whoever = others.length === 0 ? { anonymous_id: '<anonymous id>' } : kept;
    return `Leave ${field} out while there is no id: ${call('track', { ...whoever, event: '…' })}`;
  }
  if (path === 'identify' && field === 'anonymous_id') {
    return `Leave anonymous_id out while there is none: ${call('identify', kept)}`;
  }
  const wanted = { distinct_id: '<user id>', ...(path === 'alias' && { alias_id: '<other id>' }), ...kept };
  return `Make no call while there is no id, else ${call(path, wanted)}`;
}

function likelyType(id: string): string {
  if (id.includes('@')) return 'email';
  return /^(cus|sub|acct)_/.test(id) ? 'stripe' : 'legacy';
}

/** JSON text in which equal-looking characters can be told apart. */
const visible = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isoTime = (time: number): string => new Date(time).toISOString();
