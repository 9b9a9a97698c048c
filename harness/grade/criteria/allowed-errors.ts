import { errorsByFamily } from '../errors-by-family.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf, type LogLine } from '../../measure/tracks/observations.ts';
import { isWithin, samplesWithin, type Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import { brokenFromMs } from '../recovery.ts';
import { outcomeOf } from '../requests.ts';
import { atWorkUntilMs, loadedPhaseNames } from '../judged-windows.ts';
import { notSeen } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** A request that failed at the end of the time is exported up to a second later, and seen a little after that. */
const exportMs = 1500;

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
  errorsByFamily({
    ...input.observations,
    series: [],
    logLines: input.observations.logLines.filter(
      (line) => line.component === 'service' && line.atMs <= atWorkUntilMs(input) && wanted(line),
    ),
  });

/** Families that may not occur at all, and those that may but not then. */
const inLog = (input: JudgeInput, allowed: readonly string[], windows: readonly Window[]): Unexplained[] => {
  const inTime = (line: LogLine): boolean => isWithin(line.atMs, windows);
  const foreign = linesWithin(input, inTime)
    .filter(({ family }) => !allowed.includes(family))
    .map(({ family, count, example }) => ({ count, words: family, text: example, source: 'service log' }));
  const untimely = linesWithin(input, (line) => !inTime(line)).map(({ family, count, example }) => {
    const first = input.observations.logLines.find(
      ({ text, atMs }) => text.startsWith(example) && !isWithin(atMs, windows),
    );
    return {
      count,
      words: `${family} ${first === undefined ? 'out of time' : when(first.atMs, windows)}`,
      text: example,
      source: 'service log',
    };
  });
  return [...foreign, ...untimely];
};

/** The log's lines are capped, its counters are not: what they still count once all must be over. */
const beyondLines = (input: JudgeInput, windows: readonly Window[]): Unexplained[] => {
  const counters = seriesOf(input.observations, 'service.log_errors');
  const overMs = Math.max(...windows.map(({ endMs }) => endMs)) + exportMs;
  const isCapped = (instance: string | undefined): boolean =>
    counters
      .filter(({ labels }) => labels['instance'] === instance)
      .reduce((total, { values }) => total + (values.at(-1) ?? 0), 0) >
    input.observations.logLines.filter((line) => line.component === 'service' && String(line.instance) === instance)
      .length;
  return counters
    .filter(({ labels }) => labels['family'] !== 'other' && isCapped(labels['instance']))
    .flatMap((series) => {
      const late = samplesWithin(series, [{ startMs: overMs, endMs: atWorkUntilMs(input) }]);
      const count = (late.values.at(-1) ?? 0) - (late.values[0] ?? 0);
      const family = series.labels['family'] ?? 'other';
      return count > 0
        ? [
            {
              count,
              words: `${family} ${when(late.tMs[0]!, windows)}`,
              text: `${count} lines more than were kept`,
              source: 'service log',
            },
          ]
        : [];
    });
};

/** What the clients saw outside that time, whatever the service says of itself. */
const atClients = (input: JudgeInput, windows: readonly Window[]): Unexplained[] => {
  const names = loadedPhaseNames(input.phases);
  const widened = windows.map(({ startMs, endMs }) => ({ startMs, endMs: endMs + exportMs }));
  return seriesOf(input.observations, 'http_reqs')
    .filter(({ labels }) => outcomeOf(labels) === 'error' && names.has(labels['phase'] ?? ''))
    .flatMap(({ labels, tMs, values }) => {
      const atMs = Array.from(tMs).filter((time, index) => values[index]! > 0 && !isWithin(time, widened));
      const count = values.reduce((sum, value, index) => (isWithin(tMs[index]!, widened) ? sum : sum + value), 0);
      const text =
        `${count} times ${labels['name'] ?? 'a request'} failed ` +
        `(${labels['status'] === '0' ? `no answer, k6's ${labels['error_code'] ?? 'error'}` : `status ${labels['status'] ?? 'unknown'}`})`;
      return count === 0 ? [] : [{ count, words: `clients ${when(atMs[0]!, windows)}`, text, source: 'k6' }];
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
  return seriesOf(input.observations, 'http_reqs').length === 0 ? notSeen(input, 'requests') : null;
};

const measure = (input: JudgeInput): Measurement => {
  const allowed = input.expectation?.allowedErrors;
  if (allowed == null || input.faults.length === 0)
    return { state: 'notApplicable', reason: 'the scenario names no errors that may occur' };
  const windows = explainedWindows(input);
  if (windows.length === 0) return { state: 'inconclusive', reason: 'no fault was injected' };
  const logged = inLog(input, allowed, windows);
  const unexplained = [...(logged.length > 0 ? logged : beyondLines(input, windows)), ...atClients(input, windows)];
  const value = unexplained.reduce((total, { count }) => total + count, 0);
  const lost = unseen(input);
  if (lost !== null && value === 0) return lost;
  const errors = linesWithin(input, () => true);
  return {
    state: 'measured',
    value,
    count: errors.reduce((total, { count }) => total + count, 0),
    measuredBy:
      `error lines of the service's log by family, allowed: ${allowed.join(', ') || 'none'}; and no error, ` +
      `there or at the clients, but from the injection to ${input.expectation?.recoverySeconds ?? 0} s ` +
      'after the revert',
    reason:
      value === 0
        ? `seen: ${errors.map(({ family, count }) => `${family} ${count}`).join(', ') || 'none'}`
        : unexplained.map(({ words, text }) => `${words}: ${text.slice(0, 120)}`).join('; '),
    evidence: unexplained.slice(0, 3).map(({ text, source }) => ({ text, source })),
  };
};

export const criterion: Criterion = {
  id: 'allowed-errors',
  title: 'Errors that the fault does not explain',
  failureTitle: 'Errors occur that the fault does not explain',
  source: 'ours',
  unit: 'errors',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 31,
  chart: 'errors',
  nextStep: 'Ask pgsurge why about the first of them: it is a second failure, beside the one that was planted.',
  measure,
};
