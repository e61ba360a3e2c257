import {
  type EvidenceFact,
  type Fact,
  type Json,
  type LinkFact,
  type Pair,
  type Source,
  settingsFrom,
} from '@onym/core';
import { parseExact } from '../exact-json/parse.ts';
import { stringifyExact } from '../exact-json/stringify.ts';
import { codeOfKind, kindOfCode } from './rows.ts';

/**
 * How a ledger row's body is kept: JSON with identifiers as refs, short keys, and what is null or empty left out. Seq, time and source
 * are columns. `ref` and `name` translate identifiers.
 */
interface EvidenceBody {
  o: EvidenceFact['op'];
  v?: string;
  r?: string;
  ts?: number;
  /** identified */
  i?: number;
  /** subject */
  s?: number;
  /** traits: [key, value, code of the kind] */
  t?: [string, Json, number][];
  /** link: [kind, rule, primary, secondary, verdict, reason, waived, approves] */
  l?: [string, string, number, number, string, string | null, readonly string[], number | null];
}

type Common = { o: Fact['op']; v: Fact['verdict']; r?: string; ts?: number };

type Ref = (distinctId: string) => number;
type Name = (ref: number) => string;

export function encodeFact(fact: Fact, ref: Ref): string {
  const common: Common = { o: fact.op, v: fact.verdict };
  if (fact.reason !== null) common.r = fact.reason;
  if (fact.timestamp !== null) common.ts = fact.timestamp;
  switch (fact.op) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      return stringifyExact(encodeEvidence(common as EvidenceBody, fact, ref));
    case 'split':
      return JSON.stringify({
        ...common,
        ...('ids' in fact.target ? { m: fact.target.ids.map(ref) } : { a: ref(fact.target.a), b: ref(fact.target.b) }),
        x: encodeSeqs(fact.revoked),
        p: refPairs(fact.separations, ref),
      });
    case 'separate':
    case 'lift':
      return JSON.stringify({ ...common, a: ref(fact.a), b: ref(fact.b) });
    case 'revert':
      return JSON.stringify({
        ...common,
        c: fact.scope,
        x: encodeSeqs(fact.revoked),
        p: refPairs(fact.separations, ref),
      });
    case 'reject':
      return JSON.stringify({ ...common, k: fact.link, a: ref(fact.a), b: ref(fact.b) });
    case 'settings':
      return JSON.stringify({ ...common, e: fact.settings });
    case 'erased':
      return JSON.stringify(common);
    case 'erase':
      return JSON.stringify({ ...common, q: fact.receipt });
  }
}

/** Into `body`, a property at a time: this is made for every call, and a spread takes several times as long. */
function encodeEvidence(body: EvidenceBody, fact: EvidenceFact, ref: Ref): EvidenceBody {
  const { link } = fact;
  if (fact.identified !== null) body.i = ref(fact.identified);
  if (fact.subject !== null) body.s = ref(fact.subject);
  if (fact.traits.length > 0) body.t = fact.traits.map(({ key, value, kind }) => [key, value, codeOfKind(kind)]);
  if (link !== null) {
    body.l = [
      link.kind,
      link.rule,
      ref(link.primary),
      ref(link.secondary),
      link.verdict,
      link.reason,
      link.waived,
      link.approves,
    ];
  }
  return body;
}

const refPairs = (pairs: readonly Pair[], ref: Ref) => pairs.map(([a, b]) => [ref(a), ref(b)]);

/** Ascending seqs with runs as [from, to]: an import's rows mostly follow each other. */
export function encodeSeqs(seqs: readonly number[]): (number | [number, number])[] {
  const runs: [number, number][] = [];
  for (const seq of seqs) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else runs.push([seq, seq]);
  }
  return runs.map(([from, to]) => (from === to ? from : [from, to]));
}

export function decodeSeqs(runs: readonly (number | [number, number])[]): number[] {
  return runs.flatMap((run) =>
    typeof run === 'number' ? run : Array.from({ length: run[1] - run[0] + 1 }, (_, index) => run[0] + index),
  );
}

export interface LedgerRow {
  readonly seq: number;
  readonly time: number;
  readonly source: number;
  readonly body: string;
}

/** A row whose body has been read, and names identifiers by their refs. */
export interface ReadRow extends Omit<LedgerRow, 'body'> {
  /** What encodeFact made; `o` says of which shape. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export const readRow = ({ body, ...row }: LedgerRow): ReadRow => ({ ...row, body: parseExact(body) });

/** The refs that rows name: what a store has to look up before it can decode them. */
export function refsIn(rows: readonly ReadRow[]): Set<number> {
  const refs = new Set<number>();
  for (const { body } of rows) {
    for (const ref of [
      body.i,
      body.s,
      body.l?.[2],
      body.l?.[3],
      body.a,
      body.b,
      ...(body.m ?? []),
      ...(body.p ?? []).flat(),
    ]) {
      if (ref !== undefined) refs.add(ref);
    }
  }
  return refs;
}

export function decodeFact({ body, ...row }: ReadRow, sourceOf: (id: number) => Source, name: Name): Fact {
  const common = {
    seq: row.seq,
    time: row.time,
    source: sourceOf(row.source),
    timestamp: body.ts ?? null,
    verdict: body.v,
    reason: body.r ?? null,
  };
  const pairs = (list: [number, number][]): Pair[] => list.map(([a, b]) => [name(a), name(b)]);
  switch (body.o as Fact['op']) {
    case 'identify':
    case 'alias':
    case 'track':
    case 'approve':
      return { ...common, op: body.o, ...decodeEvidence(body, name) };
    case 'split':
      return {
        ...common,
        op: 'split',
        target: body.m === undefined ? { a: name(body.a), b: name(body.b) } : { ids: body.m.map(name) },
        revoked: decodeSeqs(body.x),
        separations: pairs(body.p),
      };
    case 'separate':
    case 'lift':
      return { ...common, op: body.o, a: name(body.a), b: name(body.b) };
    case 'revert':
      return { ...common, op: 'revert', scope: body.c, revoked: decodeSeqs(body.x), separations: pairs(body.p) };
    case 'reject':
      return { ...common, op: 'reject', link: body.k, a: name(body.a), b: name(body.b) };
    case 'settings':
      return { ...common, op: 'settings', settings: settingsFrom(body.e) };
    case 'erased':
      return { ...common, op: 'erased' };
    case 'erase':
      return { ...common, op: 'erase', receipt: body.q };
  }
}

function decodeEvidence(
  body: EvidenceBody,
  name: Name,
): Pick<EvidenceFact, 'identified' | 'subject' | 'traits' | 'link'> {
  return {
    identified: body.i === undefined ? null : name(body.i),
    subject: body.s === undefined ? null : name(body.s),
    traits: (body.t ?? []).map(([key, value, code]) => ({ key, value, kind: kindOfCode(code) })),
    link: body.l === undefined ? null : decodeLink(body.l, name),
  };
}

function decodeLink(link: NonNullable<EvidenceBody['l']>, name: Name): LinkFact {
  const [kind, rule, primary, secondary, verdict, reason, waived, approves] = link;
  return {
    kind,
    rule,
    primary: name(primary),
    secondary: name(secondary),
    verdict,
    reason,
    waived,
    approves,
  } as LinkFact;
}
