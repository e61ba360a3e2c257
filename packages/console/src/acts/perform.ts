import { answered, api } from '../api/client.ts';
import type { components, operations } from '../api/schema.d.ts';
import type { BlastRadius } from '../components/blast-radius/types.ts';
import type { Act } from './act.ts';

export type Receipt = operations['eraseIdentity']['responses'][200]['content']['application/json']['receipt'];

/** What the server answered, to a dry run or to the act. */
export interface Performed {
  readonly verdict: string;
  readonly reason: string | null;
  /** Ledger rows that the act left, or would leave. */
  readonly seqs: readonly number[];
  /** Of a dry run. */
  readonly radius: BlastRadius | null;
  /** Links of a split, or rows of a revert, that were taken back. */
  readonly revoked: number;
  /** Of a split: which. */
  readonly links: readonly number[];
  /** Pairs newly separated by a split. */
  readonly separations: readonly { readonly a: string; readonly b: string }[];
  /** After a split, other evidence still makes the two one. */
  readonly stillConnected: boolean;
  /** Of an erasure. */
  readonly receipt: Receipt | null;
}

interface Options {
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
}

const plain = {
  reason: null,
  radius: null,
  revoked: 0,
  links: [],
  separations: [],
  stillConnected: false,
  receipt: null,
} as const;

/** Throws an ApiError; refused and held are answers. */
export async function perform(environment: string, act: Act, { dryRun, signal }: Options): Promise<Performed> {
  const query = { dry_run: dryRun };
  switch (act.name) {
    case 'alias': {
      const body = { environment, distinct_id: act.a, alias_id: act.b };
      return ofAnswer(await answered(api.POST('/v1/links', { params: { query }, body, signal })));
    }
    case 'separate': {
      const body = { environment, a: act.a, b: act.b };
      return ofAnswer(await answered(api.POST('/v1/separations', { params: { query }, body, signal })));
    }
    case 'lift': {
      const pair = { environment, a: act.a, b: act.b };
      return ofAnswer(
        await answered(api.DELETE('/v1/separations', { params: { query: { ...query, ...pair } }, signal })),
      );
    }
    case 'approve':
    case 'reject': {
      const params = { path: { seq: act.link }, query: { ...query, environment } };
      const route = act.name === 'approve' ? '/v1/links/{seq}/approve' : '/v1/links/{seq}/reject';
      return ofAnswer(await answered(api.POST(route, { params, signal })));
    }
    case 'split': {
      const body = { environment, ...act.target };
      const answer = await answered(api.POST('/v1/split', { params: { query }, body, signal }));
      return {
        ...ofAnswer(answer),
        revoked: answer.revoked.length,
        links: answer.revoked,
        separations: answer.separations ?? [],
        stillConnected: answer.still_connected,
      };
    }
    case 'revert': {
      const body = { environment, batch: act.batch };
      const answer = await answered(api.POST('/v1/revert', { params: { query }, body, signal }));
      const { verdict, seqs, revoked, blast_radius: radius = null } = answer;
      return { ...plain, verdict, seqs, revoked, radius };
    }
    case 'erase': {
      const params = { path: { id: act.id }, query: { ...query, environment, by: act.by } };
      const { verdict, seq, receipt } = await answered(api.DELETE('/v1/identities/{id}', { params, signal }));
      return { ...plain, verdict, seqs: seq === null ? [] : [seq], receipt };
    }
  }
}

function ofAnswer(answer: components['schemas']['Answer']): Performed {
  return {
    ...plain,
    verdict: answer.verdict,
    reason: answer.reason ?? null,
    seqs: answer.seq === null ? [] : [answer.seq],
    radius: (answer.blast_radius as BlastRadius | undefined) ?? null,
  };
}
