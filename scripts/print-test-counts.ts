/** Prints `N passed, N failed` from the test runner's own report, as the last line of the gate. */
import { readFileSync } from 'node:fs';

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number };

const report: Report = JSON.parse(readFileSync('.cache/test-report.json', 'utf8'));
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed${skipped}`);
