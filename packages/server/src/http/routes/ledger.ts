import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { OnymError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { needs } from '../auth.ts';
import { cursorOf } from '../cursors.ts';
import { ledgerFilterOf } from '../ledger-filter.ts';
import { pageBackward, pageForward } from '../ledger-pages.ts';
import { ledgerSource } from '../ledger-stream.ts';
import { isLiveWanted } from '../live-streams.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { factToWire } from '../wire.ts';
import * as schemas from './ledger-schemas.ts';

const forward = cursorOf('ledger', Type.Integer({ minimum: 0 }));
const backward = cursorOf('ledger, newest first', Type.Integer({ minimum: 0 }));

export async function ledgerRoutes(app: FastifyInstance, { services, live }: RouteContext): Promise<void> {
  app.get<schemas.LedgerRoute>('/ledger', needs('read', schemas.ledger), async (request, reply) => {
    const { query } = request;
    const named = environmentFor(request, services, query.environment);
    const filter = ledgerFilterOf(query);
    const limit = query.limit ?? limits.pageSizeDefault;
    const isLive = isLiveWanted(request);
    const read = (after: number, rows: number) => services.ledgerPage(named, after, rows);
    if (query.before !== undefined) {
      if (query.after !== undefined || isLive) {
        const other = isLive ? 'a live stream goes forward' : 'after is given too';
        throw new OnymError('invalid-payload', `before asks for earlier rows, and ${other}. Leave one of them out.`);
      }
      const head = await services.ledgerHead(named);
      const before = query.before === 'head' ? head + 1 : Math.min(head + 1, seqOf(query.before, 'before', backward));
      const { facts, next } = await pageBackward(read, { filter, before, limit });
      return { rows: facts.map(factToWire), next: next === null ? null : backward.encode(next) };
    }
    const asked = (isLive ? request.headers['last-event-id'] : undefined) ?? query.after;
    const isHead = asked === 'head';
    const after = isHead ? await services.ledgerHead(named) : seqOf(asked, 'after', forward);
    if (isLive) return live.send(request, reply, named, ledgerSource(services, named, after, isHead, filter));
    const { facts, next } = await pageForward(read, { filter, after, limit });
    return { rows: facts.map(factToWire), next: next === null ? null : forward.encode(next) };
  });

  app.get<schemas.LedgerRowRoute>('/ledger/:seq', needs('read', schemas.ledgerRow), async (request) => {
    const { seq } = request.params;
    const named = environmentFor(request, services, request.query.environment);
    const [fact] = await services.ledgerPage(named, seq - 1, 1);
    if (fact?.seq === seq) return factToWire(fact);
    throw new OnymError(
      'not-found',
      `The ledger has no row ${seq}. Its rows are 1 to ${await services.ledgerHead(named)}.`,
    );
  });
}

function seqOf(text: string | undefined, field: string, cursor: typeof forward): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d+$/.test(text)) return cursor.decode(text);
  const seq = Number(text);
  if (Number.isSafeInteger(seq)) return seq;
  throw new OnymError('invalid-payload', `${field} is larger than any seq. Send the seq of a ledger row.`);
}
