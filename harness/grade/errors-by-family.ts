import { classifyError } from '../measure/errors/classify.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import { withoutResets } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';

type Errors = ScenarioResult['errors'];

/** Lines that say something went wrong; the rest of a log is no error whatever words it holds. */
const isError = (text: string): boolean =>
  /error|fatal|panic|warn|timeout|fail|refused|reset|terminat|too many|no more|exhaust|saturat|disabled|shut/i.test(
    text,
  );

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

/** By the pooler's counters, which count what its capped lines may lack. Gives the families that they count. */
const addPoolerCounters = ({ series, logLines }: Observations, errors: ErrorCounts): Set<string> => {
  const counters = series.filter(({ name }) => name === 'pooler.log_errors');
  for (const counter of counters) {
    const family = counter.labels['family'] ?? 'other';
    const count = withoutResets(counter, true).values.at(-1) ?? 0;
    const line = logLines.find(
      ({ component, text }) => component === 'pooler' && classifyError(text).family === family,
    );
    if (count > 0) errors.add(family, 'pooler', count, line?.text.slice(0, 300) ?? family);
  }
  return new Set(counters.map(({ labels }) => labels['family'] ?? 'other'));
};

/** Errors by family and source: lines of the service's and the database's logs, and the pooler's counters. */
export const errorsByFamily = (observations: Observations): Errors => {
  const errors = new ErrorCounts();
  const counted = addPoolerCounters(observations, errors);
  for (const { component, text } of observations.logLines) {
    if (!isError(text)) continue;
    const { family } = classifyError(text);
    if (component === 'pooler' && counted.has(family)) continue;
    if (family === 'other' && !/error|fatal|panic/i.test(text)) continue;
    errors.add(family, component, 1, text.slice(0, 300));
  }
  return errors.mostFirst();
};
