import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { OnymError } from '../../errors.ts';
import { localKeyName } from '../../keys/checks.ts';
import { needs } from '../auth.ts';
import { errorBody, toOnymError } from '../errors.ts';
import type { RouteContext } from '../route-context.ts';
import { type BackupRoute, backupSchema } from './backup-schemas.ts';

/** A large backup reports each mebibyte. */
const reportIntervalMs = 250;

export async function backupRoutes(app: FastifyInstance, { services, stopping }: RouteContext): Promise<void> {
  app.post<BackupRoute>('/backup', needs('keys', backupSchema, { session: false }), async (request, reply) => {
    if (request.key!.name !== localKeyName) {
      throw new OnymError(
        'forbidden',
        'A backup writes to the disk of the server. Run onym backup on its machine, with its --data-dir.',
      );
    }
    const { directory } = request.body;
    const backup = services.backups.begin(directory);
    const left = new AbortController();
    const lines = new PassThrough();
    lines.once('close', () => left.abort(new Error('Who asked for the backup has left.')));
    const write = (line: object) => void (lines.writable && lines.write(`${JSON.stringify(line)}\n`));
    write({ type: 'started', directory, resumed: backup.resumed });
    let reportedAt = 0;
    const signal = AbortSignal.any([left.signal, stopping]);
    const report = (progress: object) => {
      const now = performance.now();
      if (now - reportedAt < reportIntervalMs) return;
      reportedAt = now;
      write({ type: 'progress', ...progress });
    };
    void backup
      .run({ signal, report })
      .then(({ files, environments, began_at, finished_at }) =>
        write({
          type: 'done',
          directory,
          began_at,
          finished_at,
          environments: environments.map(({ name }) => name),
          files: files.length,
          bytes: files.reduce((sum, file) => sum + file.bytes, 0),
        }),
      )
      .catch((thrown) => {
        const error = stopping.aborted ? stopped : toOnymError(thrown);
        if (error.code === 'internal-error' && !left.signal.aborted)
          request.log.error({ err: thrown }, 'backup failed');
        write({ type: 'error', ...errorBody(error) });
      })
      .finally(() => lines.end());
    return reply.header('content-type', 'application/x-ndjson; charset=utf-8').send(lines);
  });
}

const stopped = new OnymError('overloaded', 'The server is stopping. Run the same command again: it goes on.');
