import { createHash, randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Settings, Source } from '@onym/core';
import { OnymError } from '../errors.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Ingest } from '../ingest/types.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { limits } from '../limits.ts';
import { openProgress } from './progress.ts';
import type { Reading } from './reading.ts';
import { run } from './run.ts';
import { liveTarget, scratchTarget } from './target.ts';
import type { ImportEvent, ImportOptions } from './types.ts';
import { prepareDirectory, receive, type Upload } from './upload.ts';

export interface Imports {
  /**
   * Takes the file in, then applies it row by row. Ending the iteration early stops it after a chunk; the same file under the same
   * batch name goes on there.
   */
  run(environment: string, body: Readable, options: ImportOptions): AsyncGenerator<ImportEvent>;
  /** A batch was taken back: its next import begins at the first row. */
  reverted(environment: string, batch: string): void;
  /** How many are under way, dry runs aside. */
  running(): number;
  stop(): void;
  close(): void;
}

export interface ImportsParts {
  /** For what is on its way; emptied at the start. */
  readonly directory: string;
  readonly progressFile: string;
  readonly limits: { readonly concurrentImportsMax: number };
  readonly identityStore: IdentityStore;
  readonly uuidWindow: Pick<UuidWindow, 'has'>;
  readonly commits: Pick<Commits, 'submit'>;
  readonly ingest: Ingest;
  readonly settings: (environment: string) => Settings;
  readonly now: () => number;
  readonly newUuid: () => string;
}

const lib = 'onym-import';
/** A ledger of more rows than this is taken to speak of somebody. */
const settingsRowsMax = 100;

export function createImports(parts: ImportsParts): Imports {
  prepareDirectory(parts.directory);
  const progress = openProgress(parts.progressFile, parts.now);
  const stopping = new AbortController();
  const running = new Set<string>();

  async function* received(environment: string, upload: Upload, options: ImportOptions): AsyncGenerator<ImportEvent> {
    const batch = options.batch ?? defaultBatch(options.fileName, upload.fingerprint);
    const name = `${environment}\u0000${batch}`;
    if (!options.dryRun && running.has(name)) {
      throw new OnymError(
        'batch-conflict',
        `The batch ${JSON.stringify(batch)} is being imported right now. Wait for it.`,
      );
    }
    const source: Source = { key: options.key, lib, batch, public: false };
    const fingerprintOf = (reading: Reading) => `${upload.fingerprint}/${digest(reading.fingerprint)}`;
    const { identityStore } = parts;
    if (!options.dryRun) running.add(name);
    try {
      yield* run({
        upload,
        options,
        batch,
        stopping: stopping.signal,
        now: parts.now,
        context: () => ({
          now: parts.now(),
          key: options.key,
          public: false,
          small: false,
          newUuid: parts.newUuid,
          namesByContent: false,
          environment,
          settings: parts.settings(environment),
          source,
          batch,
        }),
        openTarget: () => {
          const target = { environment, identityStore };
          if (!options.dryRun) return Promise.resolve(liveTarget(target, parts));
          return scratchTarget(target, parts);
        },
        earlier(reading) {
          if (options.dryRun || options.restart) return null;
          const found = progress.find(environment, batch);
          if (found === null || found.state === 'reverted') return null;
          if (found.fingerprint === fingerprintOf(reading)) return found;
          throw conflict(batch, found.fingerprint.startsWith(`${upload.fingerprint}/`), found.state);
        },
        save(saved, reading) {
          if (options.dryRun) return;
          const fileName = options.fileName ?? null;
          progress.save(environment, batch, { ...saved, fingerprint: fingerprintOf(reading), fileName });
        },
        async isEmptyUpTo(seq) {
          if (seq > settingsRowsMax) return false;
          const facts = await identityStore.ledger(environment, 0, seq);
          return facts.every(({ op }) => op === 'settings');
        },
        scratchFile: () => join(parts.directory, `sorted-${randomUUID()}.db`),
        async verdictOf(seq) {
          const [fact] = await identityStore.ledger(environment, seq - 1, 1);
          return fact?.source.batch === batch ? fact.verdict : null;
        },
      });
    } finally {
      running.delete(name);
    }
  }

  return {
    async *run(environment, body, options) {
      if (running.size >= parts.limits.concurrentImportsMax) {
        throw new OnymError('too-many-requests', 'Too many imports run at once. Wait for one to end.', {
          retryAfterSeconds: 30,
        });
      }
      const upload = await receive(body, parts.directory, limits.importBytesMax);
      try {
        yield* received(environment, upload, options);
      } finally {
        upload.remove();
      }
    },
    reverted: (environment, batch) => progress.reverted(environment, batch),
    running: () => running.size,
    stop: () => stopping.abort(),
    close: () => progress.close(),
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const shownFingerprint = 8;

/** The same file always has the same name. */
function defaultBatch(fileName: string | undefined, fingerprint: string): string {
  const name = basename(fileName ?? 'file')
    .replace(/[^\w.-]+/g, '_')
    .slice(0, 100);
  return `import-${name}-${fingerprint.slice(0, shownFingerprint)}`;
}

function conflict(batch: string, isSameFile: boolean, state: string): OnymError {
  const what = isSameFile ? 'the same file with other columns' : 'another file';
  const how = state === 'done' ? 'has imported' : 'has begun to import';
  return new OnymError(
    'batch-conflict',
    `The batch ${JSON.stringify(batch)} ${how} ${what}. Give this import a name of its own with --batch, or take the other back first: onym revert --batch ${batch}`,
  );
}
