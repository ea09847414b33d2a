/** Prints `N passed, N failed` from the result file that `npm test` leaves; without one, nothing was tested and that is a failure. */
import { existsSync, readFileSync } from 'node:fs';

const file = 'jest-result.json';
if (!existsSync(file)) {
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
  readFileSync(file, 'utf8'),
);
const failed = numFailedTests + numRuntimeErrorTestSuites;
process.stdout.write(`${numPassedTests} passed, ${failed} failed\n`);
process.exit(failed === 0 && numPassedTests > 0 ? 0 : 1);
