'use strict';

// As in bin/onym.cjs, and before a build may use the pool.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Builds what is missing or older than its sources, then runs the command line in this very process.
void require('./build.cjs')
  .build()
  .then(() => require('../packages/server/bin/onym.cjs'));
