// Prints "PASSED FAILED" from vitest's JSON report. A file that did not load, and a run that ended badly although
// no test failed (an unhandled error, a time-out), count as one failure each: they must not pass unseen.
// What failed goes to stderr, each with the first lines of its message.
import { readFileSync } from 'node:fs';

const [file, exitCode] = process.argv.slice(2);
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
const notLoaded = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
const counted = numFailedTests + notLoaded.length;
const failed = counted === 0 && exitCode !== '0' ? 1 : counted;
for (const { name } of notLoaded) console.error(`did not load: ${name}`);

const failures = testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'failed'),
);
for (const { fullName, failureMessages = [] } of failures) {
  console.error(`failed: ${fullName}\n  ${failureMessages.join('\n').split('\n').slice(0, 4).join('\n  ')}`);
}

// The cases of `npm test` and those of `npm run test:full` leave each other out: only who skips its own kind is told.
const cases = testResults.flatMap(({ assertionResults }) => assertionResults);
const isFull = ({ tags }) => tags?.includes('full') ?? false;
const ran = cases.find(({ status }) => status === 'passed' || status === 'failed');
const skipped = cases.filter((one) => one.status === 'skipped' && ran !== undefined && isFull(one) === isFull(ran));
for (const { fullName } of skipped) console.error(`skipped: ${fullName}`);
console.log(`${numPassedTests} ${failed}`);
