/** Prints `N passed, N failed` from the test runner's own report, as the last line of the gate. */
import { existsSync, readFileSync } from 'node:fs';

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number };

const file = '.cache/test-report.json';
if (!existsSync(file)) {
  console.log('No test was run: what comes before the tests failed.');
  process.exit(1);
}
const report: Report = JSON.parse(readFileSync(file, 'utf8'));
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}`);
