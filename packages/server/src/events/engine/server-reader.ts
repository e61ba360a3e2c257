import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { OnymError } from '../../errors.ts';
import type { Reader, Settings } from '../engine.ts';
import { answering } from './server-answering.ts';
import type { ServerClients } from './server-clients.ts';
import { ask } from './server-request.ts';

/** What the profile of the reader says: 0 leaves all to us, 2 has said `readonly` already. */
export type ReaderReadonly = 0 | 2;

/** A client has one database for its life. */
export function openServerReader(
  clients: Pick<ServerClients, 'reader'>,
  { readonly, ...bounds }: Settings,
  { readerReadonly }: { readonly readerReadonly: ReaderReadonly },
): Reader {
  const byDatabase = new Map<string, ClickHouseClient>();
  const settings: Settings = {
    ...bounds,
    // Else the server would answer 200 to what fails half-way.
    wait_end_of_query: 1,
    cancel_http_readonly_queries_on_client_close: 1,
    ...(readerReadonly === 0 ? { readonly: readonly ?? 1 } : {}),
  };
  const bytesMax = Number(bounds.max_result_bytes ?? Number.POSITIVE_INFINITY);
  const clientOf = (database: string): ClickHouseClient => {
    let client = byDatabase.get(database);
    if (client === undefined) {
      client = clients.reader(database, settings);
      byDatabase.set(database, client);
    }
    return client;
  };
  return {
    write: (database, sql, format, file) =>
      answering(async () => {
        const { stream } = await ask(clientOf(database), `${sql}\nFORMAT ${format}`);
        try {
          await pipeline(stream, upTo(bytesMax), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
        } catch (error) {
          const { code } = error as { code?: string };
          // Whoever asked sees from the size of the file that there would be more.
          if (code === tooLong) return;
          if (code === 'ENOSPC') {
            const message = 'The disk is full: there is no room for the result. Free space and ask again.';
            throw new OnymError('storage-full', message, { cause: error });
          }
          await rm(file, { force: true });
          throw error;
        }
      }),
    async close() {
      await Promise.all([...byDatabase.values()].map((client) => client.close()));
    },
  };
}

const tooLong = 'ONYM_TOO_LONG';

/** Lets one piece beyond the limit through, and ends there. */
function upTo(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (bytes > bytesMax) {
        done(Object.assign(new Error('The result is too long.'), { code: tooLong }));
        return;
      }
      bytes += chunk.length;
      done(null, chunk);
    },
  });
}
