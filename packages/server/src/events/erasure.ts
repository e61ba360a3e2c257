import { nodeId } from '../node-id.ts';
import { type Engine, literal } from './engine.ts';
import { fenceOff } from './fence.ts';
import { countPending, showOverlay } from './overlay.ts';
import type { Prepared } from './projection.ts';
import type { EventErasure } from './types.ts';

/** A statement of so many ids, and so many moments, is some MiB of text; the engine takes 16. */
const idsPerStatementMax = 10_000;
const momentsPerStatementMax = 500;

/** Ids that go together: what was projected or received later is of strangers who have the same ones. */
interface Group {
  readonly distinctIds: readonly string[];
  readonly seq: number;
  readonly receivedUpTo: number;
}

/**
 * Mutations, and waited for: a lightweight DELETE would only hide the rows. Tables that hold nothing of it are left alone. A table is
 * rewritten once for as many erasures as one statement has room for.
 */
export async function erase(
  engine: Engine,
  prepared: Prepared,
  environment: string,
  erasures: readonly EventErasure[],
): Promise<number> {
  const last = erasures.reduce((seq, erasure) => Math.max(seq, Math.trunc(erasure.seq)), 0);
  await fenceOff(engine, prepared, last);
  let events = 0;
  for (const groups of statementsOf(groupsOf(erasures))) {
    events += await eraseGroups(engine, prepared, environment, groups);
  }
  const links = erasures.flatMap((erasure) => erasure.links.map(Math.trunc));
  for (let start = 0; start < links.length; start += idsPerStatementMax) {
    await remove(engine, prepared, 'links', `seq IN (${links.slice(start, start + idsPerStatementMax).join(',')})`);
  }
  return events;
}

/** Ledger rows that follow each other are one moment: nobody else's call came between them. */
function groupsOf(erasures: readonly EventErasure[]): Group[] {
  const groups: { distinctIds: string[]; seq: number; receivedUpTo: number }[] = [];
  for (const { distinctIds, seq, receivedUpTo } of [...erasures].sort((a, b) => a.seq - b.seq)) {
    const last = groups.at(-1);
    if (last === undefined || last.seq + 1 !== seq) {
      groups.push({ distinctIds: [...distinctIds], seq, receivedUpTo });
    } else {
      for (const id of distinctIds) last.distinctIds.push(id);
      Object.assign(last, { seq, receivedUpTo });
    }
  }
  return groups;
}

function* statementsOf(groups: readonly Group[]): Generator<Group[]> {
  let statement: Group[] = [];
  let ids = 0;
  for (const { distinctIds, ...moment } of groups) {
    for (let start = 0; start < distinctIds.length; ) {
      const some = distinctIds.slice(start, start + idsPerStatementMax - ids);
      statement.push({ ...moment, distinctIds: some });
      start += some.length;
      ids += some.length;
      if (ids < idsPerStatementMax && statement.length < momentsPerStatementMax) continue;
      yield statement;
      statement = [];
      ids = 0;
    }
  }
  if (statement.length > 0) yield statement;
}

async function eraseGroups(
  engine: Engine,
  prepared: Prepared,
  environment: string,
  groups: readonly Group[],
): Promise<number> {
  const clauses = groups.map(({ distinctIds, seq, receivedUpTo }) => ({
    nodes: distinctIds.map((id) => literal(nodeId(environment, id))).join(','),
    ids: distinctIds.map(literal).join(','),
    before: `received_at <= fromUnixTimestamp64Milli(${Math.trunc(receivedUpTo)}, 'UTC')`,
    older: `version <= ${Math.trunc(seq)}`,
  }));
  const any = (clauseOf: (clause: (typeof clauses)[number]) => string) =>
    clauses.map((clause) => `(${clauseOf(clause)})`).join(' OR ');

  const ofThem = any(({ nodes, before }) => `node_id IN (${nodes}) AND ${before}`);
  const events = await remove(engine, prepared, 'events', ofThem);
  const ids = clauses.map((clause) => clause.ids).join(',');
  await blank(
    engine,
    prepared,
    ids,
    any((clause) => `(anonymous_id IN (${clause.ids}) OR device_id IN (${clause.ids})) AND ${clause.before}`),
  );
  // Earlier versions of others' rows go too, where they name one of these: what replaced them is projected.
  const rows = any(({ nodes, older }) => `(node_id IN (${nodes}) OR identity_id IN (${nodes})) AND ${older}`);
  await prepared.inTurn(async () => {
    await remove(engine, prepared, 'identifiers', rows);
    const pending = await remove(engine, prepared, 'pending', rows);
    // Another node may have removed them, and not come to this.
    if (pending === 0 && engine.exclusive) return;
    if (engine.exclusive) await countPending(engine, prepared);
    await showOverlay(engine, prepared);
  });
  const profiles = any(
    (clause) => `(identity_id IN (${clause.nodes}) OR hasAny(identifiers, [${clause.ids}])) AND ${clause.older}`,
  );
  await remove(engine, prepared, 'identities', profiles);
  const apart = any(
    (clause) => `(distinct_id IN (${clause.ids}) OR separated_from IN (${clause.ids})) AND ${clause.older}`,
  );
  await remove(engine, prepared, 'separations', apart);
  return events;
}

async function remove(engine: Engine, prepared: Prepared, table: string, chosen: string): Promise<number> {
  const { data } = prepared.databases;
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.${table} WHERE ${chosen}`);
  const found = row?.n ?? 0;
  if (found > 0) await mutate(engine, prepared, table, `DELETE WHERE ${chosen}`);
  return found;
}

/** Events of others that came with one of these ids beside their own. */
async function blank(engine: Engine, prepared: Prepared, ids: string, chosen: string): Promise<void> {
  const { data } = prepared.databases;
  const [row] = await engine.rows<{ n: number }>(`SELECT count() AS n FROM ${data}.events WHERE ${chosen}`);
  if ((row?.n ?? 0) === 0) return;
  const without = (column: string) => `${column} = if(ifNull(${column} IN (${ids}), 0), NULL, ${column})`;
  await mutate(
    engine,
    prepared,
    'events',
    `UPDATE ${without('anonymous_id')}, ${without('device_id')} WHERE ifNull(${chosen}, 0)`,
  );
}

async function mutate(engine: Engine, prepared: Prepared, table: string, what: string): Promise<void> {
  const { data } = prepared.databases;
  const [events] = engine.dialect.eventTables;
  const settings = 'SETTINGS mutations_sync = 2';
  if (table === 'events') await engine.eachShard(`ALTER TABLE ${data}.${events} ${what} ${settings}`);
  else await engine.command(`ALTER TABLE ${data}.${table} ${what} ${settings}`);
}
