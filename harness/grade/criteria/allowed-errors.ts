import { errorsByFamily, errorsInLines } from '../errors-by-family.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf, type Labels, type LogLine, type Series } from '../../measure/tracks/observations.ts';
import { isWithin, type Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import { brokenFromMs } from '../recovery.ts';
import { outcomeOf } from '../../measure/request-outcome.ts';
import { afterWarmup, atWorkUntilMs, loadedPhaseNames } from '../judged-windows.ts';
import { seenAfterMs } from '../../measure/k6-exports.ts';
import { isMostlyUnread, linesReadOf } from '../../measure/logs/lines-read.ts';
import { classifyError } from '../../measure/errors/classify.ts';
import { notSeen, notUnderstood } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

interface Unexplained {
  count: number;
  words: string;
  text: string;
  source: string;
}

/** Per fault: from its injection until what it caused must be over. */
const explainedWindows = (input: JudgeInput): Window[] =>
  input.faults
    .filter(({ injectedAtMs }) => injectedAtMs !== null)
    .map((fault) => ({
      startMs: brokenFromMs(input, fault),
      endMs:
        fault.revertedAtMs === null ? Infinity : fault.revertedAtMs + (input.expectation?.recoverySeconds ?? 0) * 1000,
    }));

const when = (atMs: number, windows: readonly Window[]): string => {
  const over = windows.map(({ endMs }) => endMs).filter((endMs) => endMs < atMs);
  return over.length === 0
    ? `before the fault, at ${formatSeconds(atMs)}`
    : `after the ${formatSeconds(Math.max(...over))} by which all must be over, at ${formatSeconds(atMs)}`;
};

const linesWithin = (input: JudgeInput, wanted: (line: LogLine) => boolean): ScenarioResult['errors'] =>
  errorsInLines(
    input.observations,
    (line) => line.component === 'service' && line.atMs <= atWorkUntilMs(input) && wanted(line),
  );

const isOf = (line: LogLine, labels: Labels): boolean =>
  line.component === 'service' &&
  String(line.instance) === labels['instance'] &&
  (line.family ?? classifyError(line.text).family) === labels['family'];

/** The log's lines are capped, its counters are not: the counters of which fewer lines were kept than counted. */
const cappedCounters = ({ observations }: JudgeInput): Series[] =>
  seriesOf(observations, 'service.log_errors').filter(({ labels, values }) => {
    const kept = observations.logLines.filter((line) => isOf(line, labels));
    return (values.at(-1) ?? 0) > kept.length;
  });

/** One of those that may occur, but not when it did; the first line of it says when that was. */
const untimelyLine = (
  input: JudgeInput,
  { family, count, example }: ScenarioResult['errors'][number],
  windows: readonly Window[],
): Unexplained => {
  const first = input.observations.logLines.find(
    ({ text, atMs }) => text.startsWith(example) && !isWithin(atMs, windows),
  );
  const moment = first === undefined ? 'out of time' : when(first.atMs, windows);
  return { count, words: `${family} ${moment}`, text: example, source: 'service log' };
};

/** Families that may not occur at all, and those that may but not then. */
const inLog = (
  input: JudgeInput,
  allowed: readonly string[],
  windows: readonly Window[],
  capped: readonly Series[],
): Unexplained[] => {
  const isKept = (line: LogLine): boolean => !capped.some(({ labels }) => isOf(line, labels));
  const inTime = (line: LogLine): boolean => isWithin(line.atMs, windows);
  const foreign = linesWithin(input, (line) => isKept(line) && inTime(line))
    .filter(({ family }) => !allowed.includes(family))
    .map(({ family, count, example }) => ({ count, words: family, text: example, source: 'service log' }));
  const untimely = linesWithin(input, (line) => isKept(line) && !inTime(line)).map((error) =>
    untimelyLine(input, error, windows),
  );
  return [...foreign, ...untimely];
};

interface Growth {
  atMs: number;
  count: number;
}

/** By how much a counter grew, and when. */
const growthOf = ({ tMs, values }: Series, untilMs: number): Growth[] =>
  Array.from(values, (value, index) => ({
    atMs: tMs[index]!,
    count: value - (index === 0 ? 0 : values[index - 1]!),
  })).filter(({ atMs, count }) => count > 0 && atMs <= untilMs);

const counted = (growth: readonly Growth[], words: string): Unexplained[] => {
  if (growth.length === 0) return [];
  const text = 'counted; not all of these lines were kept';
  return [{ count: totalOf(growth), words, text, source: 'service log' }];
};

/** Of families of which not all lines were kept: as their counters have it. */
const inCounters = (
  input: JudgeInput,
  allowed: readonly string[],
  windows: readonly Window[],
  capped: readonly Series[],
): Unexplained[] => {
  const widened = windows.map(({ startMs, endMs }) => ({ startMs, endMs: endMs + seenAfterMs }));
  return capped.flatMap((series): Unexplained[] => {
    const family = series.labels['family'] ?? 'other';
    const growth = growthOf(series, atWorkUntilMs(input) + seenAfterMs);
    const [inTime, untimely] = [true, false].map((wanted) =>
      growth.filter(({ atMs }) => isWithin(atMs, widened) === wanted),
    ) as [Growth[], Growth[]];
    return [
      ...(allowed.includes(family) ? [] : counted(inTime, family)),
      ...counted(untimely, `${family} ${when(untimely[0]?.atMs ?? 0, windows)}`),
    ];
  });
};

const failureWords = ({ name, status, error_code: code }: Labels, count: number): string => {
  const how = status === '0' ? `no answer, k6's ${code ?? 'error'}` : `status ${status ?? 'unknown'}`;
  return `${count} times ${name ?? 'a request'} failed (${how})`;
};

/** What the clients saw outside that time, whatever the service says of itself. */
const atClients = (input: JudgeInput, windows: readonly Window[]): Unexplained[] => {
  const names = loadedPhaseNames(input.phases);
  const widened = windows.map(({ startMs, endMs }) => ({ startMs, endMs: endMs + seenAfterMs }));
  return seriesOf(input.observations, 'http_reqs')
    .filter(({ labels }) => outcomeOf(labels) === 'error' && names.has(labels['phase'] ?? ''))
    .flatMap(({ labels, tMs, values }) => {
      const outside = Array.from(tMs, (atMs, index) => ({ atMs, count: values[index]! })).filter(
        ({ atMs, count }) => count > 0 && !isWithin(atMs, widened),
      );
      const count = outside.reduce((total, one) => total + one.count, 0);
      if (count === 0) return [];
      const words = `clients ${when(outside[0]!.atMs, windows)}`;
      return [{ count, words, text: failureWords(labels, count), source: 'k6' }];
    });
};

const unseen = (input: JudgeInput): Measurement | null => {
  const log = input.observations.sources.find(({ source }) => source === 'service-log');
  if (log?.ok !== true)
    return {
      state: 'inconclusive',
      count: 0,
      reason:
        `the service's log was not read${log === undefined || log.reason === '' ? '' : ` (${log.reason})`}: ` +
        'which errors it held is not known',
    };
  const lines = linesReadOf(input.observations, 'service');
  if (lines !== null && isMostlyUnread(lines)) return notUnderstood(lines, 'the service');
  return seriesOf(input.observations, 'http_reqs').length === 0 ? notSeen('requests') : null;
};

const wordsOf = (errors: ScenarioResult['errors'], unexplained: readonly Unexplained[]): string => {
  if (unexplained.length > 0) return unexplained.map(({ words, text }) => `${words}: ${text.slice(0, 120)}`).join('; ');
  return `seen: ${errors.map(({ family, count }) => `${family} ${count}`).join(', ') || 'none'}`;
};

const totalOf = (counted: readonly { count: number }[]): number =>
  counted.reduce((total, { count }) => total + count, 0);

const measure = (input: JudgeInput): Measurement => {
  const { allowedErrors: allowed, recoverySeconds = 0 } = input.expectation ?? {};
  if (allowed == null || input.faults.length === 0)
    return { state: 'notApplicable', reason: 'the scenario names no errors that may occur' };
  const windows = explainedWindows(input);
  if (windows.length === 0) return { state: 'inconclusive', reason: 'no fault was injected' };
  const capped = cappedCounters(input);
  const unexplained = [
    ...inLog(input, allowed, windows, capped),
    ...inCounters(input, allowed, windows, capped),
    ...atClients(input, windows),
  ];
  const lost = unseen(input);
  if (lost !== null && unexplained.length === 0) return lost;
  const errors = errorsByFamily(input.observations).filter(({ source }) => source === 'service');
  return {
    state: 'measured',
    value: totalOf(unexplained),
    count: totalOf(errors),
    measuredBy:
      `error lines of the service's log by family, allowed: ${allowed.join(', ') || 'none'}; and no error, ` +
      `there or at the clients, but from the injection to ${recoverySeconds} s after the revert`,
    reason: wordsOf(errors, unexplained),
    evidence: unexplained.slice(0, 3).map(({ text, source }) => ({ text, source })),
  };
};

export const criterion: Criterion = {
  id: 'allowed-errors',
  title: 'Errors that the fault does not explain',
  failureTitle: 'Errors occur that the scenario does not allow',
  source: 'ours',
  unit: 'errors',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 31,
  sees: [
    { source: 'k6', windows: ({ phases }) => afterWarmup(phases) },
    { source: 'service-log', windows: ({ phases }) => afterWarmup(phases) },
  ],
  chart: 'errors',
  nextStep: 'Ask pgsurge why about the first of them: it is a second failure, beside the one that was planted.',
  measure,
};
