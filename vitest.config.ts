import { defineConfig } from 'vitest/config';

const resolve = { conditions: ['source'] };

export default defineConfig({
  test: {
    reporters: process.env.CI ? ['dot', 'json'] : ['default'],
    outputFile: { json: 'test-results.json' },
    projects: [
      {
        resolve,
        ssr: { resolve: { conditions: ['source'] } },
        test: { name: 'core', include: ['packages/core/test/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        resolve,
        ssr: { resolve: { conditions: ['source'] } },
        test: {
          name: 'server',
          include: ['packages/server/test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // chDB holds one data directory per process, and native engines dislike worker threads.
          pool: 'forks',
        },
      },
    ],
  },
});
