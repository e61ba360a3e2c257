import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  AliasOperation,
  Answered,
  IdentifyOperation,
  Operation,
  OperationError,
  Seq,
  Settings,
  TrackOperation,
} from '@onym/core';
import type { Forgets } from '../forgets.ts';
import type { IdentityStore } from '../identity/store.ts';
import { createTurns } from '../in-turn.ts';
import type { DeadLetter, TrackItem } from '../ingest/types.ts';
import { limits } from '../limits.ts';
import { formsFor } from '../patterns.ts';
import { type Advice, adviceFor } from './advice.ts';
import { type AliasCall, type Aliases, createAliases } from './aliases.ts';
import { type Claims, createClaims } from './claims.ts';
import { exampleOfLetter, exampleOfOperation, exampleOfTrack, type RejectedCall } from './examples.ts';
import { openFindingTable } from './finding-table.ts';
import { createFindings, type Findings } from './findings.ts';
import { createNearMisses, type NearMiss, type NearMisses } from './near-misses.ts';
import { type CallSite, type Example, type Finding, isSkewed, lintRules, type UnknownFields } from './rules.ts';

/** Watches the calls that come in, and says which recommended rules they break, from where, and what to call instead. */
export interface Lint extends Forgets {
  /** The four that follow are on the way of every call: they note, and never wait, throw or read a store. */
  observe(environment: string, operation: Operation, answer: Answered | OperationError, time: number): void;
  observeEvent(environment: string, item: TrackItem): void;
  observeRejected(letters: readonly DeadLetter[]): void;
  observeUnknown(environment: string, unknown: UnknownFields): void;
  /** Every call answered before is in it, but for those counted as `unexamined` since the start, of which there were too many to look at. */
  report(environment: string): Promise<LintReport>;
  close(): Promise<void>;
}

export interface LintReport {
  /** By rule, then the most frequent first. */
  readonly findings: readonly (Finding & Advice)[];
  readonly unexamined: number;
}

type Waiting = AliasCall | RejectedCall | NearMiss;

interface Lane {
  readonly findings: Findings;
  readonly claims: Claims;
  readonly aliases: Aliases;
  readonly nearMisses: NearMisses;
  /** To be looked into at the next flush. */
  waiting: Waiting[];
  unexamined: number;
}

interface Options {
  readonly file: string;
  readonly environments: readonly string[];
  readonly identityStore: Pick<IdentityStore, 'resolve' | 'link' | 'members' | 'profile'>;
  readonly settings: (environment: string) => Settings;
  readonly log: { error(details: object, message: string): void };
}

const flushIntervalMs = 1_000;
/** Calls looked into each second, and between two turns of the event loop. */
const callsPerFlush = 500;
const callsPerTurn = 25;

export function createLint({ file, environments, identityStore, settings, log }: Options): Lint {
  const table = openFindingTable(file);
  const stored = table.read();
  const lanes = new Map<string, Lane>();
  for (const name of environments) {
    const own = stored.filter(({ environment }) => environment === name).map(({ finding }) => finding);
    const findings = createFindings(own);
    const aliases = createAliases(name, findings, identityStore, () => settings(name));
    const nearMisses = createNearMisses(name, findings, identityStore);
    lanes.set(name, { findings, claims: createClaims(findings), aliases, nearMisses, waiting: [], unexamined: 0 });
  }

  /** False when there is no room. */
  function wait(lane: Lane, call: Waiting): boolean {
    const hasRoom = lane.waiting.length < limits.lintWaitingCallsMax;
    if (hasRoom) lane.waiting.push(call);
    else lane.unexamined++;
    return hasRoom;
  }

  function observeId(lane: Lane, id: string, site: CallSite, exampleOf: () => Example): void {
    const miss = lane.nearMisses.observe(id, site, exampleOf);
    if (miss !== null && !wait(lane, miss)) lane.nearMisses.drop(miss);
  }

  function observeIds(
    lane: Lane,
    operation: IdentifyOperation | AliasOperation | TrackOperation,
    { seq }: Answered,
    time: number,
  ): void {
    const example = exampleOfOperation(operation, time, seq);
    for (const id of Object.values(example.ids)) observeId(lane, id, operation.source, () => example);
  }

  function observeEvidence(lane: Lane, operation: IdentifyOperation | TrackOperation, answer: Answered, time: number) {
    const { distinctId, anonymousId, source, op } = operation;
    observeIds(lane, operation, answer, time);
    if (op === 'identify') {
      if (answer.seq !== null) lane.aliases.noteKnown(distinctId, answer.seq);
      noteSkew(lane, operation, time, answer.seq);
    }
    if (answer.reason === null || anonymousId === null) return;
    const example = exampleOfOperation(operation, time, answer.seq);
    if (answer.reason === 'reserved-distinct-id') lane.findings.note('reserved-id', source, example);
    if (answer.reason === 'anonymous-id-belongs-to-another-identity') {
      lane.claims.note(anonymousId, distinctId, source, example);
    }
  }

  /** Looks into the oldest waiting calls. */
  async function inspect(environment: string, lane: Lane, callsMax: number): Promise<void> {
    const calls = lane.waiting.splice(0, callsMax);
    for (const [index, call] of calls.entries()) {
      if (index % callsPerTurn === callsPerTurn - 1) await nextTurn();
      try {
        if ('errorCode' in call) noteRejected(lane, call);
        else if ('other' in call) await lane.nearMisses.inspect(call);
        else await lane.aliases.inspect(call);
      } catch (error) {
        lane.unexamined++;
        log.error({ err: error, environment }, 'lint could not look into a call');
      }
    }
  }

  function write(environment: string, { findings }: Lane): void {
    const changes = findings.takeChanges();
    if (changes.changed.length === 0 && changes.dropped.length === 0) return;
    try {
      table.write(environment, changes);
    } catch (error) {
      findings.returnChanges(changes);
      log.error({ err: error, environment }, 'lint findings could not be written');
    }
  }

  // One thing at a time: what is forgotten is not brought back by an inspection that was under way.
  const inTurn = createTurns();

  const flush = (callsMax: number) =>
    inTurn(async () => {
      for (const [environment, lane] of lanes) {
        await inspect(environment, lane, callsMax);
        write(environment, lane);
      }
    });

  let flushing = false;
  const timer = setInterval(async () => {
    if (flushing) return;
    flushing = true;
    await flush(callsPerFlush);
    flushing = false;
  }, flushIntervalMs);
  timer.unref();

  return {
    observe(environment, operation, answer, time) {
      const lane = lanes.get(environment);
      if (lane === undefined || 'error' in answer) return;
      if (operation.op === 'identify' || operation.op === 'track') observeEvidence(lane, operation, answer, time);
      // The pairs of a file come from no call site.
      if (operation.op !== 'alias' || operation.kind === 'import') return;
      observeIds(lane, operation, answer, time);
      const { primary, secondary, source: site } = operation;
      const { seq, recorded, canonicalId, verdict } = answer;
      noteSkew(lane, operation, time, seq);
      if (primary === secondary) return;
      const call = { primary, secondary, site, time, seq, recorded, canonicalId, applied: verdict === 'applied' };
      if (lane.aliases.observe(call)) wait(lane, call);
    },

    observeEvent(environment, item) {
      const { event, reserved, source } = item;
      const timestamp = event.client_timestamp ?? event.timestamp;
      const skewed = isSkewed(timestamp, event.received_at);
      const lane = lanes.get(environment);
      if (lane === undefined) return;
      // Ids that are anonymous by form are made by machines, and there are too many of them.
      if (!formsFor(settings(environment)).isAnonymous(event.distinct_id)) {
        observeId(lane, event.distinct_id, source, () => exampleOfTrack(item));
      }
      if (reserved) lane.findings.note('reserved-id', source, exampleOfTrack(item));
      if (skewed) lane.findings.note('clock-skew', source, { ...exampleOfTrack(item), timestamp });
    },

    observeRejected(letters) {
      for (const letter of letters) {
        if (letter.errorCode !== 'reserved-distinct-id' || letter.environment === null || !isOfCall(letter)) continue;
        const lane = lanes.get(letter.environment);
        if (lane !== undefined) wait(lane, letter);
      }
    },

    observeUnknown(environment, { call, fields, site, time }) {
      const lane = lanes.get(environment);
      if (lane === undefined) return;
      // One call, however many fields; examples that could not all be kept are not made.
      for (const [index, name] of fields.slice(0, limits.lintExamplesMax).entries()) {
        // As long as an id may be, so that an erased one is recognised.
        const field = name.slice(0, limits.distinctIdBytesMax);
        lane.findings.note('unknown-field', site, { call, time, ids: {}, field }, index === 0 ? 1 : 0);
      }
    },

    async report(environment) {
      const lane = lanes.get(environment);
      if (lane === undefined) return { findings: [], unexamined: 0 };
      await inTurn(() => inspect(environment, lane, lane.waiting.length));
      const findings = lane.findings.list().map((finding) => ({
        ...finding,
        ...adviceFor(finding.rule, finding.examples[0] ?? null),
      }));
      return { findings: findings.sort(byRuleAndCount), unexamined: lane.unexamined };
    },

    forget(environment, distinctIds) {
      const ids = new Set(distinctIds);
      return inTurn(async () => {
        const lane = lanes.get(environment);
        if (lane === undefined) return;
        // Nothing is left to judge an erased id's alias by.
        lane.waiting = lane.waiting.filter((call) => {
          const named =
            'errorCode' in call ? [] : 'other' in call ? [call.id, call.other] : [call.primary, call.secondary];
          const isKept = !named.some((id) => ids.has(id));
          if (!isKept && 'other' in call) lane.nearMisses.drop(call);
          return isKept;
        });
        await inspect(environment, lane, lane.waiting.length);
        lane.aliases.forget(ids);
        lane.claims.forget(ids);
        lane.nearMisses.forget(ids);
        lane.findings.forget(ids);
        const changes = lane.findings.takeChanges();
        try {
          table.write(environment, changes);
          table.scrub();
        } catch (error) {
          lane.findings.returnChanges(changes);
          throw error;
        }
      });
    },

    async close() {
      clearInterval(timer);
      await flush(limits.lintWaitingCallsMax);
      table.close();
    },
  };
}

/** Events have their timestamps checked by themselves, with evidence or without. */
function noteSkew({ findings }: Lane, operation: IdentifyOperation | AliasOperation, time: number, seq: Seq | null) {
  const { timestamp, source } = operation;
  if (timestamp === null || !isSkewed(timestamp, time)) return;
  findings.note('clock-skew', source, { ...exampleOfOperation(operation, time, seq), timestamp });
}

function noteRejected({ findings }: Lane, letter: RejectedCall): void {
  const { site, example }: { site: CallSite; example: Example } = exampleOfLetter(letter);
  findings.note('reserved-id', site, example);
}

function byRuleAndCount(a: Finding, b: Finding): number {
  return lintRules.indexOf(a.rule) - lintRules.indexOf(b.rule) || b.count - a.count;
}

const isOfCall = (letter: DeadLetter): letter is RejectedCall => letter.call !== 'unknown';
