// count-tests.mjs REPORT EXIT_CODE [SECOND_REPORT]: prints "PASSED FAILED" from vitest's JSON reports. What the second
// try ran counts as it ended there. A file that did not load, and a run that ended badly although no test failed (an
// unhandled error, a time-out), count as one failure each: they must not pass unseen. What failed at any try goes to
// stderr, each with the first lines of its message.
import { existsSync, readFileSync } from 'node:fs';

const [firstFile, exitCode, secondFile] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const first = read(firstFile);
const second = secondFile !== undefined && existsSync(secondFile) ? read(secondFile).testResults : [];

const counts = ({ assertionResults }, status) => assertionResults.filter((one) => one.status === status).length;
const notLoaded = ({ status, assertionResults }) =>
  status === 'failed' && !assertionResults.some((one) => one.status === 'failed');
const failures = (file) => counts(file, 'failed') + (notLoaded(file) ? 1 : 0);

const ofSecond = new Map(second.map((file) => [file.name, file]));
const files = first.testResults.map((file) => ofSecond.get(file.name) ?? file);
/** What the second try changed in a count of the first. */
const changed = (countOf) =>
  first.testResults.reduce((sum, file) => sum + countOf(ofSecond.get(file.name) ?? file) - countOf(file), 0);

const passed = first.numPassedTests + changed((file) => counts(file, 'passed'));
const counted = first.numFailedTests + first.testResults.filter(notLoaded).length + changed(failures);
const failed = counted === 0 && exitCode !== '0' ? 1 : counted;

const tellFailures = (results, of) => {
  for (const { name } of results.filter(notLoaded)) console.error(`${of}did not load: ${name}`);
  for (const { fullName, failureMessages = [] } of results
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')) {
    const words = failureMessages.join('\n').split('\n').slice(0, 4);
    console.error(`${of}failed: ${fullName}\n  ${words.join('\n  ')}`);
  }
};
tellFailures(first.testResults, second.length > 0 ? 'at the first try, ' : '');
tellFailures(second, 'at the second try, ');

// The cases of `npm test` and those of `npm run test:full` leave each other out: only who skips its own kind is told.
const cases = files.flatMap(({ assertionResults }) => assertionResults);
const isFull = ({ tags }) => tags?.includes('full') ?? false;
const ran = cases.find(({ status }) => status === 'passed' || status === 'failed');
const skipped = cases.filter((one) => one.status === 'skipped' && ran !== undefined && isFull(one) === isFull(ran));
for (const { fullName } of skipped) console.error(`skipped: ${fullName}`);
console.log(`${passed} ${failed}`);
