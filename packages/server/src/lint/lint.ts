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
import type { Log } from '../log.ts';
import { formsFor } from '../patterns.ts';
import { createTrouble, type Trouble } from '../trouble.ts';
import { type Advice, adviceFor } from './advice.ts';
import { type AliasCall, type Aliases, createAliases } from './aliases.ts';
import { type Claims, claimReason, createClaims } from './claims.ts';
import { exampleOfLetter, exampleOfOperation, exampleOfTrack, type RejectedCall } from './examples.ts';
import type { FindingTable } from './finding-table.ts';
import { createFindings, type Findings } from './findings.ts';
import { createInspections, type Inspections, type Share } from './inspections.ts';
import { createNearMisses, type NearMisses } from './near-misses.ts';
import { type CallSite, type Example, type Finding, isSkewed, lintRules, type UnknownFields } from './rules.ts';
import { sumOf } from './sums.ts';

/** Watches the calls that come in, and says which recommended rules they break, from where, and what to call instead. */
export interface Lint extends Forgets {
  /** The five that follow are on the way of every call: they note, and never wait, throw or read a store. */
  observe(environment: string, operation: Operation, answer: Answered | OperationError, time: number): void;
  observeSteering(environment: string): void;
  observeEvent(environment: string, item: TrackItem): void;
  observeRejected(letters: readonly DeadLetter[]): void;
  observeUnknown(environment: string, unknown: UnknownFields): void;
  /**
   * Every call that this process answered before is in it, but for those counted as `unexamined` since its start; of what other nodes that
   * share the table answered, all but the last second. Rejects where the table can't be read.
   */
  report(environment: string): Promise<LintReport>;
  /** Looks into what waits, for a second or so in each environment. */
  close(): Promise<void>;
}

export interface LintReport {
  /** By rule, then the most frequent first. */
  readonly findings: readonly (Finding & Advice)[];
  readonly unexamined: number;
}

interface Lane {
  readonly findings: Findings;
  readonly claims: Claims;
  readonly aliases: Aliases;
  readonly nearMisses: NearMisses;
  /** Looked into at the next flush. */
  readonly inspections: Inspections;
  readonly writing: Trouble;
}

interface Options {
  /** Closed with lint. */
  readonly table: FindingTable;
  readonly environments: readonly string[];
  readonly identityStore: Pick<
    IdentityStore,
    'resolve' | 'link' | 'members' | 'known' | 'profile' | 'recorded' | 'shared'
  >;
  readonly settings: (environment: string) => Settings;
  readonly log: Pick<Log, 'error' | 'info'>;
}

const flushIntervalMs = 1_000;
/** What is looked into each second, in each environment. */
const sharePerFlush: Share = { looks: 500, busyMs: 200 };
/** And before the end: whoever stops a server does not wait for advice. */
const lastShare: Share = { looks: limits.lintWaitingCallsMax, busyMs: 1_000 };

export function createLint({ table, environments, identityStore, settings, log }: Options): Lint {
  const lanes = new Map<string, Lane>();
  for (const name of environments) {
    const findings = createFindings();
    lanes.set(name, {
      findings,
      claims: createClaims(name, findings, identityStore),
      aliases: createAliases(name, findings, identityStore, () => settings(name)),
      nearMisses: createNearMisses(name, findings, identityStore),
      inspections: createInspections(
        name,
        createTrouble(log, 'lint could not look into a call', 'lint looks into calls again'),
      ),
      writing: createTrouble(
        log,
        'lint findings could not be written; they are kept in memory, and it is tried again',
        'lint findings are written again',
      ),
    });
  }

  function observeId({ nearMisses, inspections }: Lane, id: string, site: CallSite, exampleOf: () => Example): void {
    const miss = nearMisses.observe(id, site, exampleOf);
    if (miss === null) return;
    inspections.add({
      asksStore: true,
      ids: () => [...Object.values(miss.example.ids), miss.other],
      look: () => nearMisses.inspect(miss),
      drop: () => nearMisses.drop(miss),
    });
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
    if (answer.reason === claimReason && lane.claims.observe(anonymousId, distinctId, source, example)) {
      lane.inspections.add({
        asksStore: true,
        ids: () => [anonymousId],
        look: () => lane.claims.inspect(anonymousId),
      });
    }
  }

  function observeAlias(lane: Lane, call: AliasCall): void {
    if (!lane.aliases.observe(call)) return;
    const { primary, secondary, canonicalId } = call;
    lane.inspections.add({
      asksStore: true,
      ids: () => [primary, secondary, canonicalId],
      look: () => lane.aliases.inspect(call),
    });
  }

  async function write(environment: string, { findings, writing }: Lane): Promise<void> {
    try {
      await findings.write((batch) => table.add(environment, batch));
      writing.ends({ environment });
    } catch (error) {
      writing.begins({ err: error, environment });
    }
  }

  // One thing at a time: what is forgotten is not brought back by an inspection or a write that was under way.
  const inTurn = createTurns();

  const flush = (share?: Share) =>
    inTurn(async () => {
      for (const [environment, lane] of lanes) {
        await lane.inspections.run(share);
        await write(environment, lane);
      }
    });

  let flushing = false;
  const timer = setInterval(async () => {
    if (flushing) return;
    flushing = true;
    await flush(sharePerFlush);
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
      const applied = verdict === 'applied';
      observeAlias(lane, { primary, secondary, site, time, seq, recorded, canonicalId, applied });
    },

    observeSteering(environment) {
      lanes.get(environment)?.aliases.forgetSizes();
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
        lane?.inspections.add({ asksStore: false, look: () => noteRejected(lane, letter) });
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

    report(environment) {
      return inTurn(async () => {
        const lane = lanes.get(environment);
        if (lane === undefined) return { findings: [], unexamined: 0 };
        await lane.inspections.run();
        await write(environment, lane);
        // Nothing, but where it could not be written.
        const unwritten = lane.findings.unwritten();
        const findings = sumOf(await table.list(environment), unwritten)
          // A newer node may have rules that this one does not know.
          .filter(({ rule }) => lintRules.includes(rule))
          .map((finding) => ({ ...finding, ...adviceFor(finding.rule, finding.examples[0] ?? null) }));
        return { findings: findings.sort(byRuleAndCount), unexamined: lane.inspections.unexamined() };
      });
    },

    forget(environment, distinctIds) {
      const ids = new Set(distinctIds);
      return inTurn(async () => {
        const lane = lanes.get(environment);
        if (lane === undefined) return;
        // Nothing is left to judge an erased id's alias by.
        lane.inspections.forget(ids);
        await lane.inspections.run();
        lane.aliases.forget(ids);
        lane.claims.forget(ids);
        lane.nearMisses.forget(ids);
        lane.findings.forget(ids);
        await table.forget(environment, ids);
      });
    },

    async close() {
      clearInterval(timer);
      await flush(lastShare);
      for (const [environment, { inspections }] of lanes) {
        const calls = inspections.waiting();
        if (calls > 0) log.info({ environment, calls }, 'lint did not look into the last calls before the stop');
      }
      await table.close();
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
