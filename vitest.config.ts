import { defineConfig } from 'vitest/config';

// Tests run on the sources: no build comes before them.
const source = { resolve: { conditions: ['onym-source'] }, ssr: { resolve: { conditions: ['onym-source'] } } };

/** Tests with engines, servers or browsers of their own. */
const withProcesses = {
  setupFiles: ['vitest.setup.ts'],
  testTimeout: 300_000,
  hookTimeout: 120_000,
  pool: 'forks' as const,
};

export default defineConfig({
  test: {
    reporters: process.env.CI ? ['dot', 'json'] : ['default'],
    outputFile: { json: 'test-results.json' },
    // Tests wait for processes of their own more than they work: two at a time, whatever the cores.
    maxWorkers: 2,
    projects: [
      {
        ...source,
        test: {
          name: 'core',
          include: ['packages/core/test/**/*.test.ts'],
          setupFiles: ['vitest.setup.ts'],
          testTimeout: 300_000,
        },
      },
      {
        ...source,
        test: {
          ...withProcesses,
          name: 'server',
          include: ['packages/server/test/**/*.test.ts'],
          // chDB holds one data directory per process, and its threads are not to share one with other tests.
          env: { UV_THREADPOOL_SIZE: '16' },
        },
      },
      // The same suites of the event store over ClickHouse's HTTP interface, and over that as a cluster.
      {
        ...source,
        test: {
          ...withProcesses,
          name: 'by-url',
          include: [
            'packages/server/test/events/{event-store,engine,compaction,erasure,find-sent,query-limits,sql-guard}.test.ts',
            'packages/server/test/journal/event-store.test.ts',
          ],
          env: { ONYM_TEST_ENGINE: 'url' },
        },
      },
      {
        ...source,
        test: {
          ...withProcesses,
          name: 'cluster',
          include: [
            'packages/server/test/events/{compaction,erasure}.test.ts',
            'packages/server/test/journal/event-store.test.ts',
          ],
          env: { ONYM_TEST_ENGINE: 'cluster' },
        },
      },
      // Whole servers on PostgreSQL and ClickHouse: what callers see is the same.
      {
        ...source,
        test: {
          ...withProcesses,
          name: 'servers',
          include: [
            'packages/server/test/http/examples.test.ts',
            'packages/server/test/system/{semantics,acceptance,values,exact-events,paging}.test.ts',
            'packages/server/test/steering/*.test.ts',
            'packages/server/test/people/{concurrent,erasing-many,erasure,finding,person-export}.test.ts',
            'packages/server/test/import/{import,resume}.test.ts',
            'packages/server/test/lint/{cli,limits,restart,rules}.test.ts',
          ],
          env: { ONYM_TEST_ENGINE: 'servers', UV_THREADPOOL_SIZE: '16' },
        },
      },
      { ...source, test: { ...withProcesses, name: 'sdk', include: ['packages/sdk/test/**/*.test.ts'] } },
      {
        ...source,
        test: {
          ...withProcesses,
          name: 'console',
          include: ['packages/console/test/**/*.test.ts'],
          globalSetup: ['packages/console/test/global-setup.ts'],
          // A browser beside the engines of other tests may not hear a key or a click in time: what fails is tried once more.
          retry: 1,
        },
      },
      { ...source, test: { ...withProcesses, name: 'clients', include: ['clients/**/*.test.ts'] } },
      { ...source, test: { ...withProcesses, name: 'examples', include: ['examples/**/*.test.ts'] } },
      { ...source, test: { ...withProcesses, name: 'docs', include: ['docs/*.test.ts'] } },
      {
        ...source,
        // They install what is packed, from a registry.
        test: { ...withProcesses, name: 'packages', include: ['packaging/*.test.ts'], hookTimeout: 300_000 },
      },
    ],
  },
});
