// Prints the files of vitest's JSON report that have a failed test or did not load, one a line. Prints none where they
// are more than five: so many at once are no noise of the host, and a second try would only take its time.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const most = 5;

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const files = testResults.filter(({ status }) => status === 'failed').map(({ name }) => path.relative('.', name));
if (files.length <= most) for (const file of files) console.log(file);
