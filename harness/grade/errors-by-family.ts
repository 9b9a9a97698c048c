import { classifyError } from '../measure/errors/classify.ts';
import { seriesOf, type LogLine, type Observations } from '../measure/tracks/observations.ts';
import { withoutResets } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';

type Errors = ScenarioResult['errors'];

/** Series that count what was read, by component; of the lines themselves only some are kept. */
const counters: Readonly<Record<string, string>> = {
  service: 'service.log_errors',
  database: 'postgres.log_errors',
  pooler: 'pooler.log_errors',
};

/** There in every run whose lines carry their family. */
const linesCounter = 'log.lines';

/** In older runs, whose lines have no family: what says that something went wrong. */
const looksWrong = (text: string): boolean =>
  /error|fatal|panic|warn|timeout|fail|refused|reset|terminat|too many|no more|exhaust|saturat|disabled|shut/i.test(
    text,
  );

/** In older runs the family was not kept beside the line. Null for a line that is no error. */
const familyOf = ({ text, family }: LogLine, haveFamilies: boolean): string | null => {
  if (haveFamilies || family !== undefined) return family ?? null;
  if (!looksWrong(text)) return null;
  const found = classifyError(text).family;
  return found === 'other' && !/error|fatal|panic/i.test(text) ? null : found;
};

/** Errors with how many there were of each family and source. */
class ErrorCounts {
  readonly #errors = new Map<string, Errors[number]>();

  add(family: string, source: string, count: number, example: string): void {
    const known = this.#errors.get(`${family} ${source}`);
    if (known === undefined) this.#errors.set(`${family} ${source}`, { family, source, count, example });
    else known.count += count;
  }

  mostFirst(): Errors {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count);
  }
}

const exampleOf = (lines: readonly LogLine[], component: string, family: string): string => {
  const line = lines.find(
    (one) => one.component === component && (one.family ?? classifyError(one.text).family) === family,
  );
  return line?.text.slice(0, 300) ?? family;
};

/** Adds what the counters of a component hold. Gives the families that it counts. */
const addCounted = (observations: Observations, component: string, errors: ErrorCounts): Set<string> => {
  const series = seriesOf(observations, counters[component] ?? '');
  for (const one of series) {
    const family = one.labels['family'] ?? 'other';
    const count = withoutResets(one, true).values.at(-1) ?? 0;
    if (count > 0) errors.add(family, component, count, exampleOf(observations.logLines, component, family));
  }
  return new Set(series.map(({ labels }) => labels['family'] ?? 'other'));
};

/** Errors by family and source: as counted, and by the lines alone only where nobody counted. */
export const errorsByFamily = (observations: Observations): Errors => {
  const errors = new ErrorCounts();
  const counted = new Map(Object.keys(counters).map((one) => [one, addCounted(observations, one, errors)]));
  const haveFamilies = seriesOf(observations, linesCounter).length > 0;
  for (const line of observations.logLines) {
    const family = familyOf(line, haveFamilies);
    if (family === null || counted.get(line.component)?.has(family) === true) continue;
    errors.add(family, line.component, 1, line.text.slice(0, 300));
  }
  return errors.mostFirst();
};

/** The same, by kept lines alone: of those that are wanted. */
export const errorsInLines = (observations: Observations, wanted: (line: LogLine) => boolean): Errors =>
  errorsByFamily({
    ...observations,
    series: seriesOf(observations, linesCounter),
    logLines: observations.logLines.filter(wanted),
  });
