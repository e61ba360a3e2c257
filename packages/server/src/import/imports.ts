import { createHash, randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Settings, Source } from '@onym/core';
import { hasOnlyWholeCharacters } from '../characters.ts';
import { OnymError } from '../errors.ts';
import type { Commits } from '../identity/commits.ts';
import type { IdentityStore } from '../identity/store.ts';
import type { Ingest } from '../ingest/types.ts';
import type { UuidWindow } from '../journal/uuid-window.ts';
import { limits } from '../limits.ts';
import { type HeldTurn, tryHold } from '../nodes/held-turn.ts';
import type { Turns } from '../nodes/turns.ts';
import type { ImportProgress } from './progress.ts';
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
  reverted(environment: string, batch: string): Promise<void>;
  /** How many are under way on this node, dry runs aside. */
  running(): number;
  stop(): void;
}

export interface ImportsParts {
  /** For what is on its way; emptied at the start. */
  readonly directory: string;
  readonly progress: ImportProgress;
  readonly turns: Pick<Turns, 'tryTake'>;
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
const turnLostRetryAfterSeconds = 5;

export function createImports(parts: ImportsParts): Imports {
  prepareDirectory(parts.directory);
  const { progress } = parts;
  let isStopping = false;
  let running = 0;

  /** From its first row to its last nobody else imports a batch, on whatever node. */
  async function turnOf(environment: string, batch: string): Promise<HeldTurn> {
    const turn = await tryHold(parts.turns, `import:${environment}:${digest(batch)}`);
    if (turn !== null) return turn;
    throw new OnymError(
      'batch-conflict',
      `The batch ${JSON.stringify(batch)} is being imported right now. Wait for it.`,
    );
  }

  async function* received(environment: string, upload: Upload, options: ImportOptions): AsyncGenerator<ImportEvent> {
    const batch = options.batch ?? defaultBatch(options.fileName, upload.fingerprint);
    checkBatch(batch);
    const turn = options.dryRun ? null : await turnOf(environment, batch);
    const source: Source = { key: options.key, lib, batch, public: false };
    const fingerprintOf = (reading: Reading) => `${upload.fingerprint}/${digest(reading.fingerprint)}`;
    const { identityStore } = parts;
    if (!options.dryRun) running++;
    try {
      yield* run({
        upload,
        options,
        batch,
        goOn() {
          if (isStopping) throw stops();
          if (turn?.lost.aborted) throw turnLost(batch);
        },
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
        async earlier(reading) {
          if (options.dryRun || options.restart) return null;
          const found = await progress.find(environment, batch);
          if (found === null || found.state === 'reverted') return null;
          if (found.fingerprint === fingerprintOf(reading)) return found;
          throw conflict(batch, found.fingerprint.startsWith(`${upload.fingerprint}/`), found.state);
        },
        async save(saved, reading) {
          if (options.dryRun) return;
          // Another node may have gone on since.
          if (turn?.lost.aborted) throw turnLost(batch);
          const fileName = options.fileName ?? null;
          const noted = { ...saved, fingerprint: fingerprintOf(reading), fileName };
          await progress.save(environment, batch, noted, parts.now());
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
      if (!options.dryRun) running--;
      await turn?.end();
    }
  }

  return {
    async *run(environment, body, options) {
      if (running >= parts.limits.concurrentImportsMax) {
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
    running: () => running,
    stop() {
      isStopping = true;
    },
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

/** Of what every store can hold. */
function checkBatch(batch: string): void {
  if (!batch.includes('\0') && hasOnlyWholeCharacters(batch)) return;
  throw new OnymError(
    'invalid-payload',
    `The batch ${JSON.stringify(batch)} holds a NUL character or half a surrogate pair. Give it another name with --batch.`,
  );
}

const stops = () =>
  new OnymError('overloaded', 'The server stops. What was applied is noted: run the same import again to go on.');

const turnLost = (batch: string) =>
  new OnymError(
    'identity-store-unavailable',
    `The connection to PostgreSQL that keeps others from importing the batch ${JSON.stringify(batch)} was lost. What was applied is noted: run the same import again to go on.`,
    { retryAfterSeconds: turnLostRetryAfterSeconds },
  );

function conflict(batch: string, isSameFile: boolean, state: string): OnymError {
  const what = isSameFile ? 'the same file with other columns' : 'another file';
  const how = state === 'done' ? 'has imported' : 'has begun to import';
  return new OnymError(
    'batch-conflict',
    `The batch ${JSON.stringify(batch)} ${how} ${what}. Give this import a name of its own with --batch, or take the other back first: onym revert --batch ${batch}`,
  );
}
