import { ConfigError } from '../config-error.ts';
import { isRowError } from '../events/row-error.ts';
import type { EventStore, RawRange } from '../events/types.ts';
import type { Copy, EventsProgress, MoveRecord } from './record.ts';

/** One insert: well within a block of the engine, and some ten megabytes of memory. */
const insertMax = { rowsMax: 20_000, bytesMax: 16 * 1024 * 1024 } satisfies Partial<RawRange>;

export interface EventsCopyOptions {
  readonly environment: string;
  /** Of the move; part of the names that inserts are told apart by. */
  readonly id: string;
  readonly from: Pick<EventStore, 'rawRows' | 'size'>;
  readonly to: Pick<EventStore, 'insertEvents'>;
  readonly record: MoveRecord;
}

/** Brings the events of an environment from one event store to another, each exactly once, whatever is killed on the way. */
export async function copyEvents({ environment, id, from, to, record }: EventsCopyOptions): Promise<Copy> {
  const progress = (): EventsProgress =>
    record.done().events[environment] ?? { rows: 0, place: null, underWay: null, done: false };

  async function advance(next: EventsProgress): Promise<void> {
    const done = record.done();
    await record.advance({ ...done, events: { ...done.events, [environment]: next } });
  }

  return {
    what: `events of ${environment}`,
    rows: await from.size(environment),
    rowsDone: () => progress().rows,
    async next() {
      const { done, ...at } = progress();
      if (done) return false;
      const chunk = await from.rawRows(environment, { after: at.place, upTo: at.underWay, ...insertMax });
      if (chunk === null) {
        await advance({ ...at, done: true });
        return true;
      }
      if (at.underWay === null) await advance({ ...at, underWay: chunk.last, done });
      await insert(to, environment, chunk.ndjson, `move/${id}/${environment}/${at.rows}`);
      await advance({ rows: at.rows + chunk.rows, place: chunk.last, underWay: null, done });
      return true;
    },
  };
}

/** Where the engine refuses one row it refuses all: halves are tried, down to the one, which it then takes as far as it can. */
async function insert(to: EventsCopyOptions['to'], environment: string, ndjson: Buffer, token: string): Promise<void> {
  try {
    await to.insertEvents(environment, ndjson, token);
  } catch (error) {
    if (!isRowError(error)) throw error;
    const half = halfOf(ndjson);
    if (half === null) throw refused(environment, ndjson, error);
    await insert(to, environment, ndjson.subarray(0, half), `${token}/1`);
    await insert(to, environment, ndjson.subarray(half), `${token}/2`);
  }
}

const newline = 0x0a;

/** Where a line ends, about in the middle; null for a single one. */
function halfOf(ndjson: Buffer): number | null {
  const middle = ndjson.length >> 1;
  const before = ndjson.lastIndexOf(newline, middle) + 1;
  const end = before > 0 ? before : ndjson.indexOf(newline, middle) + 1;
  return end > 0 && end < ndjson.length ? end : null;
}

function refused(environment: string, line: Buffer, cause: unknown): ConfigError {
  const { uuid } = JSON.parse(line.toString('utf8')) as { uuid: string };
  return new ConfigError(
    `ClickHouse does not take the event ${uuid} of ${environment}: ${(cause as Error).message.split('\n')[0]} Is its version one that docs/stores.md names?`,
  );
}
