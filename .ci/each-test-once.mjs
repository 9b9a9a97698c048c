// Compares vitest's JSON reports of `npm test` and `npm run test:full`: together they have run every case of every
// file, and none twice. A case that neither ran was skipped by its own condition (no Chromium, not root); it is named.
import { readFileSync } from 'node:fs';

/** File to its cases, in their order: two cases may share a name, and a name may hold a temporary folder. */
const casesOf = (report) => {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return new Map(testResults.map(({ name, assertionResults }) => [name, assertionResults]));
};
const didRun = (one) => one?.status === 'passed' || one?.status === 'failed';

const [quick, full] = process.argv.slice(2).map(casesOf);
const wrong = [];
for (const file of new Set([...quick.keys(), ...full.keys()])) {
  const [some, others] = [quick.get(file) ?? [], full.get(file) ?? []];
  if (some.length !== others.length) wrong.push(`${file}: ${some.length} cases in one, ${others.length} in the other`);
  for (const [index, one] of some.entries()) {
    if (didRun(one) && didRun(others[index])) wrong.push(`ran twice: ${file}: ${one.fullName}`);
    if (!didRun(one) && !didRun(others[index])) console.log(`ran in neither: ${file}: ${one.fullName}`);
  }
}
for (const line of wrong) console.log(line);
if (wrong.length > 0) process.exitCode = 1;
