'use strict';

// Builds what is missing or older than its sources, then runs the command line in this very process.
void require('./build.cjs')
  .build()
  .then(() => require('../packages/server/bin/onym.cjs'));
