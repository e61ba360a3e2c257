import type { FastifyInstance } from 'fastify';
import type { Status } from '../../metrics/status.ts';
import type { NodeInfo } from '../../nodes/nodes.ts';
import { needs } from '../auth.ts';
import type { HttpMetrics } from '../metrics.ts';
import { environmentFor } from '../read-request.ts';
import type { RouteContext } from '../route-context.ts';
import { timeToWire } from '../wire.ts';
import * as schemas from './status-schemas.ts';

/** How the server does, for people. */
export async function statusRoutes(app: FastifyInstance, { services, metrics }: RouteContext): Promise<void> {
  app.get<schemas.StatusRoute>('/status', needs('read', schemas.status), async (request) => {
    const environment = environmentFor(request, services, request.query.environment);
    return statusToWire(await services.status.status(environment), metrics);
  });
}

function statusToWire({ environment, all, node }: Status, { turnedAway }: Pick<HttpMetrics, 'turnedAway'>) {
  const { ledgerHead, projectedSeq } = environment;
  return {
    environment: {
      name: environment.name,
      events: environment.events,
      ledger_head: ledgerHead,
      projected_seq: projectedSeq,
      lag: ledgerHead === null || projectedSeq === null ? null : Math.max(0, ledgerHead - projectedSeq),
      pending_rows: environment.pendingRows,
      folded_age_seconds: environment.foldedAgoMs === null ? null : environment.foldedAgoMs / 1_000,
    },
    all: { dead_letters: all.deadLetters, nodes: all.nodes?.map(nodeToWire) ?? null },
    node: {
      id: node.id,
      version: node.version,
      since: timeToWire(node.since),
      keeps: {
        calls: node.keeps.calls,
        events: node.keeps.events,
        obstacles: node.keeps.obstacles.map(({ code, reason }) => ({ error_code: code, message: reason })),
      },
      journal: {
        bytes: node.journal.bytes,
        oldest_age_seconds: node.journal.ageMs / 1_000,
        waiting_events: node.journal.waiting,
      },
      drained: node.drained,
      quarantined: node.quarantined,
      calls: node.calls,
      rejected: node.rejected,
      rate_limited: turnedAway(),
      dead_letters: node.deadLetters,
      disk: node.disk && { free_bytes: node.disk.free, size_bytes: node.disk.size },
    },
  };
}

const nodeToWire = ({ id, host, version, hasJournal, seenAt, isAway }: NodeInfo) => ({
  id,
  host,
  version,
  has_journal: hasJournal,
  seen_at: timeToWire(seenAt),
  away: isAway,
});
