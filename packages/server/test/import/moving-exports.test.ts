import { Readable } from 'node:stream';
import type { Fact } from '@onym/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  fullOptions,
  type History,
  type HistoryOptions,
  histories,
  resolveStep,
} from '../../../core/src/testing/index.ts';
import { readConfig } from '../../src/config.ts';
import type { ExportFormat, ExportTable } from '../../src/events/types.ts';
import { createServer, type Server } from '../../src/server.ts';
import { dataDirectory } from '../system/processes.ts';

/** Long random histories by way of real files, in every format; many short ones are in moving-histories.test.ts. */

const formats: readonly ExportFormat[] = ['csv', 'ndjson', 'parquet'];
const tables: readonly ExportTable[] = ['links', 'identities', 'identifiers', 'separations'];
const runs = 12;

let server: Server;

beforeAll(async () => {
  const environments = Array.from({ length: runs }, (_, i) => `from${i},to${i}`).join(',');
  server = await createServer({
    config: readConfig({ ONYM_DATA_DIR: dataDirectory(), ONYM_ENVIRONMENTS: environments }),
  });
});
afterAll(() => server.stop());

async function play(environment: string, history: History): Promise<void> {
  const { identityStore } = server;
  for (const step of history) {
    const facts: Fact[] = await identityStore.ledger(environment, 0, 10_000);
    const { links } = await identityStore.changes(environment, 0, 10_000);
    const rows = facts.map(({ seq, time, source }) => ({ seq, time, operation: { source } }));
    await identityStore.commit(environment, [resolveStep(step, { links: () => links, rows: () => rows })], step.now);
  }
}

async function move(from: string, to: string, format: ExportFormat): Promise<void> {
  for (const table of tables) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await server.services.reads.exportTable(from, table, format)) chunks.push(chunk);
    const file = Buffer.concat(chunks);
    // A table without rows has no lines.
    if (file.length === 0) continue;
    const options = { batch: table, dryRun: false, restart: false, key: 'local' };
    for await (const event of server.services.imports.run(to, Readable.from([file]), options)) {
      expect(event.type === 'rejected' ? event : null).toBeNull();
    }
  }
}

async function people(environment: string) {
  const { identities, separations } = await server.identityStore.changes(environment, 0, 10_000);
  return {
    identities: identities
      .map(({ canonicalId, known, identifiers, knownIdentifiers, traits }) => ({
        canonicalId,
        known,
        identifiers,
        knownIdentifiers,
        traits,
      }))
      .sort((a, b) => (a.canonicalId < b.canonicalId ? -1 : 1)),
    separations: separations
      .filter(({ liftedSeq }) => liftedSeq === null)
      .map(({ pair }) => pair.join(' | '))
      .sort(),
  };
}

const options: HistoryOptions = {
  ...fullOptions,
  stepsMax: 150,
  weights: { ...fullOptions.weights, settings: 0 },
};

test('the same people come of the files', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(histories(options), async (history) => {
      const [from, to] = [`from${run}`, `to${run}`];
      await play(from, history);
      await move(from, to, formats[run++ % formats.length]!);
      expect(await people(to)).toEqual(await people(from));
    }),
    // Each has environments of its own, so that none is tried again in a smaller form.
    { numRuns: runs, endOnFailure: true },
  );
});
