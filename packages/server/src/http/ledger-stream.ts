import type { Seq } from '@onym/core';
import { stringifyExact } from '../exact-json/stringify.ts';
import type { LedgerFilter } from './ledger-filter.ts';
import { type LiveSource, serverSentEvent } from './live-streams.ts';
import type { Services } from './services.ts';
import { factToWire } from './wire.ts';

const rowsPerRead = 500;

/**
 * The ledger, gap-free and in order: every row is read from the ledger, and a notice of new ones only says when to read.
 * `isAnnounced`: the place it starts at is its first message, for a client that does not know it. Where none of the rows read passes the filter,
 * the client is told their last seq alone: an id without an event, from which it goes on when the stream is cut.
 */
export function ledgerSource(
  services: Pick<Services, 'ledgerPage' | 'onLedger'>,
  environment: string,
  after: Seq,
  isAnnounced: boolean,
  filter: LedgerFilter,
): LiveSource {
  let seq = after;
  let start = isAnnounced ? serverSentEvent('start', stringifyExact({ after }), after) : '';
  return {
    listen: (notify) => services.onLedger(environment, notify),
    async next() {
      let text = start;
      start = '';
      let told = seq;
      for (const fact of await services.ledgerPage(environment, seq, rowsPerRead)) {
        seq = fact.seq;
        if (!filter.passes(fact)) continue;
        text += serverSentEvent('ledger', stringifyExact(factToWire(fact)), seq);
        told = seq;
      }
      return told === seq ? text : `${text}id: ${seq}\n\n`;
    },
  };
}
