import type { AliasOperation, IdentifyOperation, Settings } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { JsonObject } from '../ingest/json-values.ts';
import { type KnownNames, knownNames } from '../ingest/known-names.ts';
import type { Answer, Ingest, IngestOptions, TrackAnswer, TrackItem } from '../ingest/types.ts';
import { type ItemContext, readAlias, readIdentify, readTrack } from '../ingest/validate.ts';
import type { IngestScope } from '../keys/types.ts';
import { nodeId } from '../node-id.ts';
import { itemFields } from './ingest-schemas.ts';

/** One item's answer as it goes over the wire; `link`, the ids and the blast radius are for keys that may read alone. */
export interface WireAnswer {
  readonly ok: true;
  readonly verdict: string;
  readonly reason?: string;
  readonly identity_id?: string;
  readonly canonical_id?: string;
  readonly seq: number | null;
  readonly link?: { readonly verdict: string; readonly reason?: string; readonly seq: number | null };
  readonly blast_radius?: unknown;
}

/** What differs between the three ingestion routes. */
export interface IngestCall<Item, Result> {
  readonly name: IngestScope;
  /** Of an item. */
  readonly fields: KnownNames;
  read(item: JsonObject, environment: string, settings: Settings, context: ItemContext): Item;
  run(ingest: Ingest, environment: string, items: readonly Item[], options: IngestOptions): Promise<Result[]>;
  /** Throws the OnymError of an item that the engine could not judge. */
  answer(result: Result, environment: string, isReader: boolean): WireAnswer;
}

/** Clients name the browser, the library and themselves in every call alike, also where nothing is read of it. */
const passedOver = ['event', 'properties', 'anonymous_id', 'device_id', 'session_id', 'uuid', 'message_id'];

function fieldsOf(call: IngestScope): KnownNames {
  // `context` holds a hint for lint and nothing else: `content` is not taken for it.
  const known = itemFields[call].filter((field) => field !== 'context');
  return knownNames({
    what: 'field',
    known,
    ignored: ['context', ...passedOver],
    elsewhere: {
      dry_run:
        call === 'track' ? 'track has no dry run.' : 'A dry run is asked for in the query string: ?dry_run=true.',
    },
  });
}

export const trackCall: IngestCall<TrackItem, TrackAnswer> = {
  name: 'track',
  fields: fieldsOf('track'),
  read: readTrack,
  run: (ingest, environment, items, { sync }) => ingest.track(environment, items, { sync }),
  answer: answerTrack,
};

export const identifyCall: IngestCall<IdentifyOperation, Answer> = {
  name: 'identify',
  fields: fieldsOf('identify'),
  read: (item, _environment, settings, context) => readIdentify(item, settings, context),
  run: (ingest, environment, operations, options) => ingest.submit(environment, operations, options),
  answer: answerIdentity,
};

export const aliasCall: IngestCall<AliasOperation, Answer> = {
  name: 'alias',
  fields: fieldsOf('alias'),
  read: (item, _environment, settings, context) => readAlias(item, settings, context),
  run: (ingest, environment, operations, options) => ingest.submit(environment, operations, options),
  answer: answerIdentity,
};

function answerIdentity(result: Answer, environment: string, isReader: boolean): WireAnswer {
  if ('error' in result) throw new OnymError(result.error, result.message);
  const { verdict, reason, seq, canonicalId, blastRadius } = result;
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
function answerTrack({ verdict, link }: TrackAnswer, _environment: string, isReader: boolean): WireAnswer {
  if (link === null) return { ok: true, verdict, seq: null };
  const reason = link.reason === null ? {} : { reason: link.reason };
  const answer = { ok: true, verdict, ...reason, seq: link.seq } as const;
  return isReader ? { ...answer, link: { verdict: link.verdict, ...reason, seq: link.seq } } : answer;
}
