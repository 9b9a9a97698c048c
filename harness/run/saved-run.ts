/** Reads what judging and drawing need back from a run's folder, and writes the pages into it. */
import { existsSync } from 'node:fs';
import { hasDeclarations, ledgerFileOf, readAnswers, readDeclaration } from '../archive/entry-files.ts';
import { usageError } from '../errors.ts';
import type { MeasuredEntry } from './measure-entry.ts';
import { openRunFolder, type RunFolder } from '../archive/run-folder.ts';
import { gradeRule } from '../grade/letter.ts';
import { loadCriteria } from '../grade/load-criteria.ts';
import { judgeEntry, judgeRun } from './judge.ts';
import { readLedger } from '../load/ledger.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import { renderRun } from '../report/report.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { loadSavedObservations } from '../archive/saved-observations.ts';
import { budgets } from '../stack/spec.ts';

const nothingSeen: Observations = { series: [], histograms: [], logLines: [], sources: [] };

const observationsIn = (folder: RunFolder, entry: string): Promise<Observations | null> =>
  loadSavedObservations(folder.folder, entry);

/** Judges one entry from its folder; entries that never began stay as they are. */
export const judgeSaved = async (folder: RunFolder, run: RunResult, facts: ScenarioResult): Promise<ScenarioResult> => {
  const declaration = readDeclaration(folder, facts.name);
  const variant = declaration?.variants.find(({ name }) => name === facts.variant);
  if (facts.state === 'pending' || declaration === null || variant === undefined) return facts;
  const ledgerFile = ledgerFileOf(folder, facts.entry);
  const measured: MeasuredEntry = {
    facts,
    ledger: existsSync(ledgerFile) ? await readLedger(ledgerFile, Date.parse(run.startedAt)) : null,
    sqlAnswers: readAnswers(folder, facts.entry),
    versions: run.stack.versions,
  };
  const observations = (await observationsIn(folder, facts.entry)) ?? nothingSeen;
  return judgeEntry(measured, observations, {
    declaration,
    variant,
    criteria: await loadCriteria(),
    profile: run.profile,
  });
};

/** report.html and the pages behind it, summary.md, junit.xml. Gives the path of the page to open. */
export const writeReport = async (folder: RunFolder, run: RunResult): Promise<string> => {
  const pages = await renderRun(run, (entry) => observationsIn(folder, entry), {
    budgets: run.stack.provider === 'external' ? {} : budgets,
    gradeRule,
  });
  for (const { path, content } of pages) folder.write(path, content);
  return folder.path('report.html');
};

/** `pgsurge report RUN [--regrade]`: today's page of a saved run; a run that was killed is judged now. */
export const rereport = async (path: string, run: RunResult, regrade: boolean): Promise<RunResult> => {
  const folder = openRunFolder(path);
  if (regrade && !hasDeclarations(folder))
    throw usageError(`${path} holds no samples to judge anew, as a kept run does not: report it without --regrade`);
  const cutShort = run.state === 'running';
  const scenarios: ScenarioResult[] = [];
  for (const facts of run.scenarios) {
    const state = cutShort && facts.state === 'running' ? 'interrupted' : facts.state;
    scenarios.push(regrade || state !== facts.state ? await judgeSaved(folder, run, { ...facts, state }) : facts);
  }
  const judged = judgeRun({
    ...run,
    state: cutShort ? 'interrupted' : run.state,
    scenarios,
    ...(regrade ? { regraded: true } : {}),
  });
  if (regrade || cutShort) folder.save(judged);
  await writeReport(folder, judged);
  return judged;
};
