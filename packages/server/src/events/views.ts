import type { Databases } from './databases.ts';
import { slotBits } from './dictionaries.ts';
import type { Engine } from './engine.ts';

/**
 * How `events` finds an identity: the stored column alone, or with the pending rows laid over it. `counted`: each query looks how many are
 * pending, and goes by that; for several nodes, of which none can know whether what it last made of the view is still there.
 */
export type Overlay = 'none' | 'small' | 'large' | 'counted';

/** Above this many pending identifiers the small table of slots lets too many of the others through. */
const smallOverlayNodesMax = 20_000;

export const overlayFor = (pendingNodes: number): 'none' | 'small' | 'large' =>
  pendingNodes === 0 ? 'none' : pendingNodes <= smallOverlayNodesMax ? 'small' : 'large';

/**
 * Dictionaries, never a join, which would be paid by queries that don't ask who. A slot of the node id tells nearly all other
 * events apart at the price of an array lookup; `if` evaluates the exact lookup only for the rest.
 */
export function identityExpression(data: string, overlay: Overlay): string {
  if (overlay === 'none') return 'e.identity_id';
  if (overlay === 'counted') {
    // Both are constants to the engine once it has counted, which it does without reading: the branches not taken cost nothing. `identity` hands
    // on what it is given; without it the engine does not come to choose between branches of a branch.
    const rows = `(SELECT count() FROM ${data}.pending)`;
    return `if(${rows} = 0, e.identity_id, identity(if(${rows} <= ${smallOverlayNodesMax},
      ${identityExpression(data, 'small')}, ${identityExpression(data, 'large')})))`;
  }
  const slot = `bitAnd(reinterpretAsUInt64(e.node_id), ${2 ** slotBits[overlay] - 1})`;
  return `if(dictHas('${data}.slots_${overlay}', ${slot}),
    dictGetOrDefault('${data}.overlay', 'identity_id', e.node_id, e.identity_id), e.identity_id)`;
}

export async function replaceEventsView(engine: Engine, { open, data }: Databases, overlay: Overlay): Promise<void> {
  await engine.everywhere(
    `CREATE OR REPLACE VIEW ${open}.events${engine.dialect.viewRights} AS
     SELECT e.uuid AS uuid, e.timestamp AS timestamp, e.received_at AS received_at, e.event AS event,
       e.properties AS properties, e.distinct_id AS distinct_id, e.anonymous_id AS anonymous_id,
       e.device_id AS device_id, e.session_id AS session_id, ${identityExpression(data, overlay)} AS identity_id,
       e.client_timestamp AS client_timestamp
     FROM ${data}.events AS e`,
  );
}

/** The views over the projection. Made anew at each start, so that they never lag behind the code. */
export async function replaceProjectionViews(engine: Engine, { open, data }: Databases): Promise<void> {
  const { viewRights } = engine.dialect;
  await engine.everywhere(
    `CREATE OR REPLACE VIEW ${open}.identities${viewRights} AS
     SELECT identity_id, canonical_id, known, traits, identifiers, created_at FROM ${data}.identities FINAL`,
  );
  await engine.everywhere(
    `CREATE OR REPLACE VIEW ${open}.identifiers${viewRights} AS
     SELECT distinct_id, identity_id, known, assumeNotNull(i.first_seen) AS first_seen
     FROM ${data}.identifiers AS i FINAL WHERE i.first_seen IS NOT NULL`,
  );
  await engine.everywhere(
    `CREATE OR REPLACE VIEW ${open}.links${viewRights} AS
     SELECT seq, kind, primary_id, secondary_id, status, reason, time, key, lib, batch FROM ${data}.links FINAL`,
  );
}
