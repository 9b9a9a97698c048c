import { writeFileSync } from 'node:fs';
import { resolveK6 } from '../tools/k6.ts';
import { incidentsDocument } from './incidents-document.ts';
import { inspectScenario } from './inspect.ts';
import { listScenarioFiles } from './plan.ts';

const k6 = await resolveK6((line) => void process.stderr.write(`${line}\n`));
const incidents = listScenarioFiles().filter(({ group }) => group === 'incidents');
const inspected = await Promise.all(incidents.map(({ file }) => inspectScenario(file, k6)));
const text = incidentsDocument(inspected.map(({ declaration }) => declaration));
writeFileSync(new URL('../../docs/incidents.md', import.meta.url), text);
