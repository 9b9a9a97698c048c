/** A run in its folder: judged from what was saved of it, and drawn into pages there. */
import { existsSync } from 'node:fs';
import { hasDeclarations, ledgerFileOf, readAnswers, readDeclaration } from '../archive/entry-files.ts';
import { openRunFolder, type RunFolder } from '../archive/run-folder.ts';
import { loadSavedObservations } from '../archive/saved-observations.ts';
import { loadCauses } from '../diagnose/load-causes.ts';
import { usageError } from '../errors.ts';
import { gradeRule } from '../grade/letter.ts';
import { loadCriteria } from '../grade/load-criteria.ts';
import { judgeRun } from '../grade/run-verdict.ts';
import { readLedger, type Ledger } from '../load/ledger.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { Budgets } from '../report/charts/chart.ts';
import { renderRun } from '../report/report.ts';
import { baselineId, type RunResult, type ScenarioResult } from '../result.ts';
import { budgets } from '../stack/spec.ts';
import { judgeEntry } from './judge.ts';
import { waiversOf } from './waivers.ts';

const nothingSeen: Observations = { series: [], histograms: [], logLines: [], sources: [] };

const ledgerOf = async (folder: RunFolder, { startedAt }: RunResult, entry: string): Promise<Ledger | null> => {
  const file = ledgerFileOf(folder, entry);
  return existsSync(file) ? readLedger(file, Date.parse(startedAt)) : null;
};

/** Judges one entry from its folder; entries that never began stay as they are. */
export const judgeSaved = async (folder: RunFolder, run: RunResult, facts: ScenarioResult): Promise<ScenarioResult> => {
  const { entry, name, state } = facts;
  const declaration = readDeclaration(folder, name);
  const variant = declaration?.variants.find((one) => one.name === facts.variant);
  if (state === 'pending' || declaration === null || variant === undefined) return facts;
  const ledger = await ledgerOf(folder, run, entry);
  const observations = (await loadSavedObservations(folder.folder, entry)) ?? nothingSeen;
  const { profile, scenarios, host } = run;
  const [criteria, causes] = [await loadCriteria(), await loadCauses()];
  const waivers = waiversOf(run);
  const context = { declaration, variant, criteria, causes, profile, scenarios, host, waivers };
  return judgeEntry({ facts, ledger, sqlAnswers: readAnswers(folder, entry) }, observations, context);
};

/** Of a team's own service its config says one, or there is none. */
const budgetsOf = (folder: RunFolder, { scenarios: [first] }: RunResult): Budgets => {
  if (first?.group !== 'external') return budgets;
  const budget = readDeclaration(folder, first.name)?.environment.budget;
  return budget == null ? {} : { service: budget };
};

/** report.html and the pages behind it, summary.md, junit.xml. Gives the path of the page to open. */
export const writeReport = async (folder: RunFolder, run: RunResult): Promise<string> => {
  const pages = await renderRun(run, (entry) => loadSavedObservations(folder.folder, entry), {
    budgets: budgetsOf(folder, run),
    gradeRule,
  });
  for (const { path, content } of pages) folder.write(path, content);
  return folder.path('report.html');
};

/** An entry that a kill cut short is judged now, as far as it came; the others only where all are to be judged anew. */
const rejudged = async (
  folder: RunFolder,
  run: RunResult,
  facts: ScenarioResult,
  regrade: boolean,
): Promise<ScenarioResult> => {
  if (run.state === 'running' && facts.state === 'running')
    return judgeSaved(folder, run, { ...facts, state: 'interrupted' });
  return regrade ? judgeSaved(folder, run, facts) : facts;
};

/** The baseline first, since the other rows of the matrix are held to what was found of it. */
const judgingOrder = (scenarios: readonly ScenarioResult[]): number[] => {
  const isBaseline = (index: number): boolean => scenarios[index]?.name === baselineId;
  return [...scenarios.keys()].sort((a, b) => Number(isBaseline(b)) - Number(isBaseline(a)));
};

/** `pgsurge report RUN [--regrade]`: today's page of a saved run; a run that was killed is judged now. */
export const rereport = async (path: string, saved: RunResult, regrade: boolean): Promise<RunResult> => {
  const folder = openRunFolder(path);
  if (regrade && !hasDeclarations(folder))
    throw usageError(`${path} holds no samples to judge anew, as a kept run does not: report it without --regrade`);
  const killed = saved.state === 'running';
  const scenarios = [...saved.scenarios];
  for (const index of judgingOrder(scenarios))
    scenarios[index] = await rejudged(folder, { ...saved, scenarios }, scenarios[index]!, regrade);
  const state = killed ? 'interrupted' : saved.state;
  const run = judgeRun({ ...saved, state, scenarios, ...(regrade ? { regraded: true } : {}) });
  if (regrade || killed) folder.save(run);
  await writeReport(folder, run);
  return run;
};
