import { defineConfig } from 'vitest/config';

// Tests run on the sources: no build comes before them.
const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

export default defineConfig({
  test: {
    reporters: process.env.CI ? ['dot', 'json'] : ['default'],
    outputFile: { json: 'test-results.json' },
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
          name: 'server',
          include: ['packages/server/test/**/*.test.ts'],
          setupFiles: ['vitest.setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // chDB holds one data directory per process, and its threads are not to share one with other tests.
          pool: 'forks',
          env: { UV_THREADPOOL_SIZE: '16' },
        },
      },
    ],
  },
});
