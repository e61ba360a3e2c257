import type { ErrorCode, OnymError } from '../../errors.ts';
import { nodeId } from '../../node-id.ts';
import { errorBody } from '../errors.ts';
import { jsonLine } from '../json-line.ts';
import { isTrackAnswer, type Reply, type Submitted, type Taken } from './protocol.ts';

/** One item's answer as it goes over the wire; `link`, the ids and the blast radius are for keys that may read alone. */
interface WireAnswer {
  readonly ok: true;
  readonly verdict: string;
  readonly reason?: string;
  readonly identity_id?: string;
  readonly canonical_id?: string;
  readonly seq: number | null;
  readonly link?: { readonly verdict: string; readonly reason?: string; readonly seq: number | null };
  readonly blast_radius?: unknown;
}

interface ArrayAnswer {
  readonly ok: boolean;
  /** Of the first item, when none was accepted. */
  readonly error_code?: ErrorCode;
  readonly message?: string;
  readonly accepted: number;
  readonly rejected: readonly { index: number; error_code: ErrorCode; message: string }[];
  readonly results: readonly (WireAnswer | null)[];
}

/** To an object: its answer, or its error. */
export function replyToOne(submitted: Submitted, isReader: boolean): Reply {
  if ('error' in submitted) throw submitted.error;
  return { status: 200, text: jsonLine(answerOf(submitted, isReader)) };
}

/** To an array: 422 where there is not one good item, whatever the first one's error. */
export function replyToArray(submitted: readonly Submitted[], isReader: boolean): Reply {
  const rejections: { index: number; error: OnymError }[] = [];
  const results = submitted.map((item, index) => {
    if (!('error' in item)) return answerOf(item, isReader);
    rejections.push({ index, error: item.error });
    return null;
  });
  const accepted = results.length - rejections.length;
  const rejected = rejections.map(({ index, error }) => ({ index, error_code: error.code, message: error.message }));
  const head = accepted > 0 ? { ok: true } : errorBody(rejections[0]!.error);
  const answer: ArrayAnswer = { ...head, accepted, rejected, results };
  return { status: accepted > 0 ? 200 : 422, text: jsonLine(answer) };
}

function answerOf({ environment, answer }: Taken, isReader: boolean): WireAnswer {
  if (isTrackAnswer(answer)) return answerToTrack(answer, isReader);
  const { verdict, reason, seq, canonicalId, blastRadius } = answer;
  return {
    ok: true,
    verdict,
    ...(reason !== null && { reason }),
    ...(isReader && { identity_id: nodeId(environment, canonicalId), canonical_id: canonicalId }),
    seq,
    ...(blastRadius !== undefined && isReader && { blast_radius: blastRadius }),
  };
}

/**
 * The verdict is the event's. What became of its link evidence: `reason` and `seq` tell a key that may not read, which gets no
 * other fields; `link` tells the others.
 */
function answerToTrack({ verdict, link }: Extract<Taken['answer'], { link: unknown }>, isReader: boolean): WireAnswer {
  if (link === null) return { ok: true, verdict, seq: null };
  const reason = link.reason === null ? {} : { reason: link.reason };
  const answer = { ok: true, verdict, ...reason, seq: link.seq } as const;
  return isReader ? { ...answer, link: { verdict: link.verdict, ...reason, seq: link.seq } } : answer;
}
