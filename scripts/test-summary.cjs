'use strict';

// Prints `N passed, N failed` (and `, N skipped` where there are any) from vitest's JSON report. Fails when nothing ran.
const { readFileSync } = require('node:fs');

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
// A file that does not even load counts as a failure of its own.
const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
for (const file of report.testResults) {
  for (const test of file.assertionResults) if (test.status === 'failed') console.log(`failed: ${test.fullName}`);
}
for (const file of brokenFiles) console.log(`failed to run: ${file.name}\n${file.message}`);
const failed = report.numFailedTests + brokenFiles.length;
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (report.numPassedTests === 0 || failed > 0) process.exitCode = 1;
