import { randomUUID } from 'node:crypto';
import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createCheckpoints } from '../disk/checkpoints.ts';
import { inTransaction, type Migration, mapStorageFull, migrate, openDatabase, touch } from '../disk/sqlite.ts';

/** Half the CPU of 4 KiB for a group's rows of tens of KiB, at no cost for small ones. */
const pageBytes = 8_192;
/** The -wal file is cut back to this after a burst. */
const walBytesKept = 64 * 1024 * 1024;

/** Small columns come first: a scan for them does not follow the pages of `events`. */
const schema = `
  CREATE TABLE meta (journal_id TEXT NOT NULL, drained_to INTEGER NOT NULL) STRICT;
  CREATE TABLE batches (
    id INTEGER PRIMARY KEY, environment TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, events TEXT NOT NULL
  ) STRICT;
  CREATE TABLE drains (
    id INTEGER PRIMARY KEY, environment TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    from_row INTEGER NOT NULL, to_row INTEGER NOT NULL, seq INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY, environment TEXT NOT NULL, distinct_id TEXT NOT NULL, quarantined_at INTEGER NOT NULL,
    message TEXT NOT NULL, event TEXT NOT NULL
  ) STRICT;`;

const migrations: readonly Migration[] = [
  (database) => {
    database.exec(schema);
    database.prepare('INSERT INTO meta (journal_id, drained_to) VALUES (?, 0)').run(randomUUID());
  },
  // How many events the event store has, as far as the drains go. No row: not known.
  'CREATE TABLE held (environment TEXT PRIMARY KEY, events INTEGER NOT NULL) STRICT;',
  // From here on batches may hold rows, of which earlier versions know nothing (event-batches.ts).
  'SELECT 1;',
];

export interface BatchHead {
  id: number;
  environment: string;
  rows: number;
  bytes: number;
}

export interface BatchRow {
  id: number;
  bytes: number;
  /** See event-batches.ts. */
  events: Buffer;
}

export interface DrainRow {
  id: number;
  environment: string;
  first: number;
  last: number;
  from: number;
  to: number;
  seq: number;
}

export interface QuarantineRow {
  id: number;
  environment: string;
  quarantined_at: number;
  message: string;
  event: string;
}

interface QuarantineRange {
  environment: string;
  /** A JSON array; null for all. */
  ids: string | null;
  after: number;
  limit: number;
}

/**
 * The journal's file and its statements, one per function. Several of them change together through `durably`, or through `written`
 * followed by `sync`, which leaves the event loop free while the disk works. With synchronous=NORMAL a commit writes its frames to
 * the -wal file and nothing more; it is the fdatasync of that file, here as in SQLite's own FULL, that makes it durable.
 * (The locks are on the other two files, so a descriptor of our own on this one disturbs none.)
 */
export function openJournalFile(directory: string) {
  const file = join(directory, 'journal.sqlite');
  const database = openDatabase(file, { pageBytes });
  database.pragma('wal_autocheckpoint = 0');
  database.pragma(`journal_size_limit = ${walBytesKept}`);
  migrate(database, migrations);

  const insertBatch = database.prepare<[number, string, number, number, Buffer]>(
    'INSERT INTO batches (id, environment, rows, bytes, events) VALUES (?, ?, ?, ?, CAST(? AS TEXT))',
  );
  const batchHeads = database.prepare<[], BatchHead>('SELECT id, environment, rows, bytes FROM batches ORDER BY id');
  const nextBatch = database.prepare<[string, number, number], BatchRow>(
    'SELECT id, bytes, CAST(events AS BLOB) AS events FROM batches WHERE environment = ? AND id > ? AND id <= ? ORDER BY id LIMIT 1',
  );
  const previousBatch = database.prepare<[string, number], BatchRow>(
    'SELECT id, bytes, CAST(events AS BLOB) AS events FROM batches WHERE environment = ? AND id < ? ORDER BY id DESC LIMIT 1',
  );
  const firstReceivedAt = database
    .prepare<[], number | null>(
      `SELECT CASE WHEN events LIKE '[%' THEN json_extract(events, '$[0].received_at')
              ELSE json_extract(substr(events, 1, instr(events, char(10)) - 1), '$.received_at') END
       FROM batches WHERE id = (SELECT min(id) FROM batches)`,
    )
    .pluck();
  const removeBatches = database.prepare<[string, number, number]>(
    'DELETE FROM batches WHERE environment = ? AND id BETWEEN ? AND ?',
  );
  const removeBatch = database.prepare<[number]>('DELETE FROM batches WHERE id = ?');
  const sumBytes = database.prepare<[string, number, number], { bytes: number }>(
    'SELECT coalesce(sum(bytes), 0) AS bytes FROM batches WHERE environment = ? AND id BETWEEN ? AND ?',
  );
  const noteDrained = database.prepare<[number]>('UPDATE meta SET drained_to = max(drained_to, ?)');
  const drains = database.prepare<[], DrainRow>(
    'SELECT id, environment, first, last, from_row AS "from", to_row AS "to", seq FROM drains ORDER BY first, from_row',
  );
  const insertDrain = database.prepare<[string, number, number, number, number, number]>(
    'INSERT INTO drains (environment, first, last, from_row, to_row, seq) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const setDrainSeq = database.prepare<[number, number]>('UPDATE drains SET seq = ? WHERE id = ?');
  const removeDrain = database.prepare<[number]>('DELETE FROM drains WHERE id = ?');
  const insertQuarantined = database.prepare<[string, string, number, string, string]>(
    'INSERT INTO quarantine (environment, distinct_id, quarantined_at, message, event) VALUES (?, ?, ?, ?, ?)',
  );
  const countQuarantined = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM quarantine');
  const quarantined = database.prepare<[QuarantineRange], QuarantineRow>(
    `SELECT id, environment, quarantined_at, message, event FROM quarantine
     WHERE environment = @environment AND id > @after AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))
     ORDER BY id LIMIT @limit`,
  );
  const removeQuarantined = database.prepare<[string]>(
    'DELETE FROM quarantine WHERE id IN (SELECT value FROM json_each(?))',
  );
  const discardQuarantined = database.prepare<[Pick<QuarantineRange, 'environment' | 'ids'>]>(
    `DELETE FROM quarantine
     WHERE environment = @environment AND (@ids IS NULL OR id IN (SELECT value FROM json_each(@ids)))`,
  );
  const eraseQuarantined = database.prepare<[string, string]>(
    'DELETE FROM quarantine WHERE environment = ? AND distinct_id IN (SELECT value FROM json_each(?))',
  );
  const held = database.prepare<[string], { events: number }>('SELECT events FROM held WHERE environment = ?');
  const setHeld = database.prepare<[string, number]>('INSERT OR REPLACE INTO held (environment, events) VALUES (?, ?)');
  const addHeld = database.prepare<[number, string]>('UPDATE held SET events = events + ? WHERE environment = ?');
  const forgetHeld = database.prepare<[string]>('DELETE FROM held WHERE environment = ?');
  const meta = database
    .prepare<[], { journalId: string; lastId: number }>(
      `SELECT journal_id AS journalId, max(drained_to, (SELECT coalesce(max(id), 0) FROM batches)) AS lastId FROM meta`,
    )
    .get()!;
  // Reading made sure that the -wal file is there; it stays as long as the connection.
  database.pragma('synchronous = NORMAL');
  const wal = openSync(`${file}-wal`, 'r+');
  const checkpoints = createCheckpoints(file);
  let syncsUnderWay = 0;
  let closed = false;

  const syncNow = (): void => mapStorageFull(() => fdatasyncSync(wal));
  /** A descriptor in use must not be closed: its number could be given to another file. */
  const closeUnused = (): void => {
    if (closed && syncsUnderWay === 0) closeSync(wal);
  };

  return {
    database,
    /** One transaction, on disk when this returns. */
    durably<T>(work: () => T): T {
      const result = inTransaction(database, work);
      syncNow();
      return result;
    },
    /** One transaction; on disk after the next sync. */
    written: <T>(work: () => T): T => inTransaction(database, work),
    syncNow,
    /** Calls back when everything written before is on disk. */
    sync(done: (error: Error | null) => void): void {
      syncsUnderWay++;
      fdatasync(wal, (error) => {
        syncsUnderWay--;
        closeUnused();
        done(error);
      });
    },
    /** At once where no thread makes checkpoints. */
    close(): Promise<void> {
      const end = (): void => {
        database.close();
        closed = true;
        closeUnused();
      };
      if (checkpoints.isOpen()) return checkpoints.close().then(end);
      end();
      return Promise.resolve();
    },
    /** Random, given when the file was made: part of every token. */
    journalId: meta.journalId,
    touch: (): void => touch(database),
    /** The greatest batch id ever given. */
    lastId: meta.lastId,
    insertBatch: (head: BatchHead, events: Buffer): void => {
      insertBatch.run(head.id, head.environment, head.rows, head.bytes, events);
    },
    removeBatch: (id: number): void => {
      removeBatch.run(id);
    },
    batchHeads: (): IterableIterator<BatchHead> => batchHeads.iterate(),
    nextBatch: (environment: string, after: number, last: number): BatchRow | undefined =>
      nextBatch.get(environment, after, last),
    firstReceivedAt: (): number | null => firstReceivedAt.get() ?? null,
    previousBatch: (environment: string, before: number): BatchRow | undefined =>
      previousBatch.get(environment, before),
    /** Returns the bytes removed; their ids are never given again. */
    removeBatches: (environment: string, first: number, last: number): number => {
      const { bytes } = sumBytes.get(environment, first, last)!;
      removeBatches.run(environment, first, last);
      noteDrained.run(last);
      return bytes;
    },
    drains: (): DrainRow[] => drains.all(),
    insertDrain: (row: Omit<DrainRow, 'id'>): number =>
      Number(insertDrain.run(row.environment, row.first, row.last, row.from, row.to, row.seq).lastInsertRowid),
    setDrainSeq: (id: number, seq: number): void => {
      setDrainSeq.run(seq, id);
    },
    removeDrain: (id: number): void => {
      removeDrain.run(id);
    },
    insertQuarantined: (environment: string, distinctId: string, at: number, message: string, event: string): void => {
      insertQuarantined.run(environment, distinctId, at, message, event);
    },
    countQuarantined: (): number => countQuarantined.get()!.count,
    quarantined: (environment: string, ids: readonly number[] | null, after: number, limit: number): QuarantineRow[] =>
      quarantined.all({ environment, ids: ids && JSON.stringify(ids), after, limit }),
    removeQuarantined: (ids: readonly number[]): void => {
      removeQuarantined.run(JSON.stringify(ids));
    },
    discardQuarantined: (environment: string, ids: readonly number[] | null): number =>
      discardQuarantined.run({ environment, ids: ids && JSON.stringify(ids) }).changes,
    eraseQuarantined: (environment: string, distinctIds: readonly string[]): void => {
      eraseQuarantined.run(environment, JSON.stringify(distinctIds));
    },
    held: (environment: string): number | null => held.get(environment)?.events ?? null,
    setHeld: (environment: string, events: number | null): void => {
      if (events === null) forgetHeld.run(environment);
      else setHeld.run(environment, events);
    },
    /** Where it is known how many there were. */
    addHeld: (environment: string, events: number): void => {
      addHeld.run(events, environment);
    },
    /** Ids up to this one are never given again. */
    noteGiven: (id: number): void => {
      noteDrained.run(id);
    },
    /**
     * Copies the -wal file into the main one: in a thread, and what was written meanwhile here. Only what is copied to its end is begun anew
     * by the next commit, and else grows for as long as events come.
     */
    checkpoint: (): void =>
      checkpoints.begin(() => {
        try {
          if (database.open) database.pragma('wal_checkpoint(PASSIVE)');
        } catch {
          // A full disk: it is tried again when more is written.
        }
      }),
    /** Resolves when no checkpoint is being made. */
    checkpointed: checkpoints.idle,
    /** Rewrites the file, so that pages which batches have left are not in it any more, and empties the -wal file. */
    scrub: (): void =>
      mapStorageFull(() => {
        database.exec('VACUUM');
        database.pragma('wal_checkpoint(TRUNCATE)');
      }),
    fileBytes: (): number =>
      (database.pragma('page_count', { simple: true }) as number) *
      (database.pragma('page_size', { simple: true }) as number),
  };
}

export type JournalFile = ReturnType<typeof openJournalFile>;
