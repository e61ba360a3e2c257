import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seq } from '@onym/core';
import { OnymError } from '../../errors.ts';
import { createTurns } from '../../in-turn.ts';
import type { Log } from '../../log.ts';
import type { Sql } from '../../postgres/connection.ts';
import { migrate, newerTables } from '../../postgres/migrate.ts';
import type { Postgres } from '../../postgres/postgres.ts';
import type { Errand, ErrandWork, NodeInfo, NodeParts, Nodes, Registered } from '../nodes.ts';
import { statementsFor, steps } from './statements.ts';

const beatEveryMs = 1_000;
/** Not waited for by an erasure any more; it does its part when it is back. */
const awayMs = 10_000;
/** Longer than a query may run: its reads have ended. */
const goneMs = 90_000;
const lookEveryMs = 100;
/** For the nodes that are there to do an errand. */
const errandMaxMs = 60_000;

const statements = statementsFor({ awayMs, goneMs });

export interface RegistryOptions extends NodeParts {
  readonly id: string;
  readonly version: string;
  readonly hasJournal: boolean;
  readonly eventStore: NodeParts['eventStore'] & { oldestReadStartedAt(): number | null };
  readonly now: () => number;
  readonly log: Log;
}

const prepare = ({ connections, options }: Postgres): Promise<void> =>
  migrate(connections, options.schema, { room: 'nodes', steps });

/**
 * A row for each node, renewed each second. It says below which seq of the map this node has nothing on its way, and since when it reads: a
 * drain or a query costs no statement for it. What is bound later than a row was written is bound at the ledger's head of that moment or later.
 */
export async function openRegistry(postgres: Postgres, options: RegistryOptions): Promise<Nodes> {
  const { connections, notices } = postgres;
  const { alone } = connections;
  const { id, drain, eventStore, now, log } = options;
  await prepare(postgres);

  // What an erasure asks for is done once at a time: it rewrites files.
  const inTurn = createTurns();
  let work: ErrandWork = async () => undefined;
  let hasFailed = false;
  let obstacle: string | null = null;
  let doing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopListening = (): void => undefined;
  let beating: Promise<void> = Promise.resolve();
  let closed = false;

  async function beat(): Promise<void> {
    // The heads first: what is not on its way by then will be bound at them or later.
    const heads = await alone.rows(statements.heads, []);
    const floors = heads.map(({ name, head }) => Math.min(head, drain.safeSeq(name) ?? head));
    const since = eventStore.oldestReadStartedAt();
    await alone.rows(statements.beat, [
      id,
      hostname(),
      options.version,
      options.hasJournal,
      since === null ? null : Math.max(0, now() - since),
      heads.map(({ name }) => name),
      floors,
    ]);
  }

  async function doErrands(): Promise<void> {
    const due = await alone.rows(statements.due, [id]);
    for (const what of ['drain', 'forget'] as const) {
      for (const environment of new Set(due.map((errand) => errand.environment))) {
        const seqs = due
          .filter((errand) => errand.what === what && errand.environment === environment)
          .map(({ seq }) => seq);
        if (seqs.length === 0) continue;
        await doErrand(what, environment, seqs);
      }
    }
  }

  async function doErrand(what: Errand, environment: string, seqs: readonly Seq[]): Promise<void> {
    await inTurn(() => work(what, environment, seqs));
    await alone.rows(statements.done, [id, environment, what, [...seqs]]);
  }

  /** One at a time; one asked for meanwhile is found at the next beat. */
  function errands(): Promise<void> {
    if (closed) return Promise.resolve();
    doing ??= doErrands()
      .catch((error: unknown) => log.warn({ err: error }, 'What an erasure asks of this node is not done yet.'))
      .finally(() => {
        doing = null;
      });
    return doing;
  }

  async function tick(): Promise<void> {
    try {
      await beat();
      await alone.rows(statements.dropGone, []);
      const tooNew = await newerTables(connections);
      if (tooNew !== obstacle && tooNew !== null) log.error({}, `This node is too old: ${tooNew}`);
      obstacle = tooNew;
      if (hasFailed) log.info({}, 'PostgreSQL is back.');
      hasFailed = false;
    } catch (error) {
      if (!hasFailed)
        log.warn({ err: error }, 'PostgreSQL does not answer: who is who can be neither read nor changed.');
      hasFailed = true;
      return;
    }
    void errands();
  }

  return {
    id,
    async safeSeq(environment) {
      return (await alone.rows(statements.floor, [environment]))[0]?.seq ?? null;
    },
    async readsSettled() {
      const [moment] = await alone.rows(statements.now, []);
      await eventStore.readsUnderWay();
      while ((await alone.rows(statements.stillReading, [id, moment!.now])).length > 0) {
        if (closed) throw new OnymError('overloaded', 'Onym is stopping.');
        await sleep(lookEveryMs * 5);
      }
    },
    answer(own) {
      work = own;
    },
    async ask(errand, environment, seqs) {
      await connections.write(async (sql) => {
        await sql.rows(statements.ask, [environment, [...seqs], errand]);
        await notices.tell(sql, 'errand', {});
      });
      await doErrand(errand, environment, seqs);
      const giveUpAt = now() + errandMaxMs;
      for (;;) {
        const undone = await alone.rows(statements.undone, [environment, [...seqs]]);
        const away = undone.filter((node) => node.is_away);
        if (away.length === undone.length || now() > giveUpAt) return undone.map((node) => `${node.host} (${node.id})`);
        await sleep(lookEveryMs);
      }
    },
    async finished(environment, seqs) {
      await alone.rows(statements.finished, [environment, [...seqs]]);
    },
    async start() {
      await beat();
      stopListening = await notices.listen('errand', () => void errands());
      timer = setInterval(() => {
        beating = beating.then(tick);
      }, beatEveryMs);
      await errands();
    },
    failing: () => hasFailed,
    obstacle: () => obstacle,
    list: () => listNodes(alone),
    async close(isEmpty) {
      closed = true;
      if (timer !== null) clearInterval(timer);
      stopListening();
      await beating;
      await doing;
      // An insert whose end nobody knows may still come: the node is away then, and without a journal forgotten in time.
      const heads = await alone.rows(statements.heads, []).catch(() => null);
      const isQuiet = heads?.every(({ name }) => drain.safeSeq(name) === null) ?? false;
      // What PostgreSQL does not hear now it takes for a node that is away.
      if (isQuiet && (isEmpty || !options.hasJournal)) await alone.rows(statements.retire, [id]).catch(() => undefined);
    },
  };
}

const listNodes = async (sql: Sql): Promise<NodeInfo[]> =>
  (await sql.rows(statements.list, [])).map((row) => ({
    id: row.id,
    host: row.host,
    version: row.version,
    hasJournal: row.has_journal,
    seenAt: row.seen_at,
    isAway: row.is_away,
  }));

/** As seen from outside: for commands. */
export async function openRegistered(postgres: Postgres): Promise<Registered> {
  const { alone } = postgres.connections;
  await prepare(postgres);
  return {
    list: () => listNodes(alone),
    retire: async (id) => (await alone.rows(statements.retire, [id])).length > 0,
  };
}
