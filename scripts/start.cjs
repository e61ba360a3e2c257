'use strict';

// Builds what is missing or older than its sources, then runs the command line in this very process.
require('./build.cjs').build();
require('../packages/server/bin/onym.cjs');
