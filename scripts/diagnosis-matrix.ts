/**
 * Writes docs/diagnosis.md: which cause was declared for each variant, and which the diagnosis names, over saved runs.
 *
 *     node scripts/diagnosis-matrix.ts reports/<run> …          # prints it
 *     node scripts/diagnosis-matrix.ts --write reports/<run> …  # and writes docs/diagnosis.md
 *
 * Blind: it sees what a stranger's sources show (k6, the database, the pooler's console, taps, logs) and nothing of the
 * service's own metrics, of the processes, or of what the harness did on purpose.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readDeclaration } from '../harness/archive/entry-files.ts';
import { readRun } from '../harness/archive/read-run.ts';
import { openRunFolder } from '../harness/archive/run-folder.ts';
import { loadSavedObservations } from '../harness/archive/saved-observations.ts';
import { diagnose } from '../harness/diagnose/diagnose.ts';
import { loadCauses } from '../harness/diagnose/load-causes.ts';
import type { Observations } from '../harness/measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../harness/result.ts';
import type { DiagnosisDeclaration } from '../scenarios/lib/causes.ts';
import { documentOf, type Diagnosed } from './lib/diagnosis-document.ts';
import { changedLabelOf, chaosLabels, mutationLabels } from './lib/diagnosis-labels.ts';

/** Series that a stranger has without instrumenting anything. */
const stranger =
  /^(http_|iterations|iteration_|dropped_|vus|checks|data_|postgres\.|pooler\.|tap\.|log\.|host\.|service\.log_errors)/;

const asStranger = ({ series, histograms, ...rest }: Observations): Observations => ({
  ...rest,
  series: series.filter(({ name }) => stranger.test(name)),
  histograms: histograms.filter(({ name }) => stranger.test(name)),
});

/** The load's own warm-up aside, an entry of ours looks like one of theirs; what the harness did is not told. */
const blinded = (entry: ScenarioResult): ScenarioResult => ({
  ...entry,
  group: 'external',
  steps: [],
  faults: [],
  symptoms: [],
  criteria: [],
  checks: [],
  settings: {},
});

const causes = await loadCauses();

/** Incidents that did not show what their variant declares: a fix that failed under load is no healthy run. */
const unlike: string[] = [];

const diagnosedIn = async (runFolder: string): Promise<Diagnosed[]> => {
  const { run } = readRun(path.resolve(runFolder), path.resolve('reports'));
  const folder = openRunFolder(path.resolve(runFolder));
  const found: Diagnosed[] = [];
  const mutation = mutationOf(run);
  for (const entry of run.scenarios) {
    const label =
      mutation === null
        ? labelOf(entry, readDeclaration(folder, entry.name)?.variants)
        : (mutationLabels[mutation] ?? null);
    const observations = await loadSavedObservations(folder.folder, entry.entry);
    if (label === null || observations === null || entry.state !== 'finished' || entry.lost === true) continue;
    if (entry.group === 'incidents' && entry.asExpected === false) {
      unlike.push(`${entry.name}.${entry.variant}`);
      continue;
    }
    const { findings } = diagnose(blinded(entry), asStranger(observations), causes, run.host);
    found.push({
      entry: mutation === null ? `${entry.name}.${entry.variant}` : `selftest ${mutation}`,
      run: path.basename(runFolder),
      group: entry.group,
      label,
      findings,
    });
  }
  return found;
};

/** What the selftest planted in that run; null where it was another run. */
const mutationOf = ({ command }: RunResult): string | null =>
  /^pgsurge selftest --only (\S+)/.exec(command)?.[1] ?? null;

/** The healthy service under its load is declared by its group: nothing is to be named. */
const labelOf = (
  { group, name, variant }: ScenarioResult,
  variants: readonly { name: string; diagnosis?: DiagnosisDeclaration | null }[] | undefined,
): DiagnosisDeclaration | null => {
  const saved = variants?.find((one) => one.name === variant)?.diagnosis;
  const declared = changedLabelOf(`${name}.${variant}`) ?? saved;
  if (declared != null) return declared;
  if (group === 'chaos') return chaosLabels[name] ?? null;
  return group === 'matrix' ? { cause: 'none' } : null;
};

/** A scenario that was mended since counts as it is; rows of the matrix and faults are each a trial of their own. */
const newest = (all: readonly Diagnosed[]): Diagnosed[] => {
  const last = new Map(all.toSorted((a, b) => a.run.localeCompare(b.run)).map((one) => [one.entry, one]));
  return all.filter((one) => one.group !== 'incidents' || last.get(one.entry) === one);
};

if (import.meta.main) {
  const [write, folders] = [
    process.argv.includes('--write'),
    process.argv.slice(2).filter((one) => !one.startsWith('--')),
  ];
  const all: Diagnosed[] = [];
  for (const folder of folders) all.push(...(await diagnosedIn(folder)));
  const counted = newest(all);
  const left = unlike.filter((one) => !counted.some(({ entry }) => entry === one));
  const text = documentOf(counted, causes, left);
  if (write) writeFileSync(new URL('../docs/diagnosis.md', import.meta.url), text);
  process.stdout.write(text);
}
