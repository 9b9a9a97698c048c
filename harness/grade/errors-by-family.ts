import { classifyError } from '../measure/errors/classify.ts';
import { seriesOf, type Observations } from '../measure/tracks/observations.ts';
import { withoutResets } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';

type Errors = ScenarioResult['errors'];

/** Lines that say something went wrong; the rest of a log is no error whatever words it holds. */
const isError = (text: string): boolean =>
  /error|fatal|panic|warn|timeout|fail|refused|reset|terminat|too many|no more|exhaust|saturat|disabled|shut/i.test(
    text,
  );

/**
 * Errors by family and source: lines of the service's and the database's logs, and the pooler's counters
 * (which count what its capped lines may lack).
 */
export const errorsByFamily = (observations: Observations): Errors => {
  const found = new Map<string, Errors[number]>();
  const add = (family: string, source: string, count: number, example: string): void => {
    const known = found.get(`${family} ${source}`);
    if (known === undefined) found.set(`${family} ${source}`, { family, source, count, example });
    else known.count += count;
  };
  const counted = new Set<string>();
  for (const series of seriesOf(observations, 'pooler.log_errors')) {
    const family = series.labels['family'] ?? 'other';
    const count = withoutResets(series, true).values.at(-1) ?? 0;
    const line = observations.logLines.find(
      ({ component, text }) => component === 'pooler' && classifyError(text).family === family,
    );
    counted.add(family);
    if (count > 0) add(family, 'pooler', count, line?.text.slice(0, 300) ?? family);
  }
  for (const { component, text } of observations.logLines) {
    if (!isError(text)) continue;
    const { family } = classifyError(text);
    if (component === 'pooler' && counted.has(family)) continue;
    if (family === 'other' && !/error|fatal|panic/i.test(text)) continue;
    add(family, component, 1, text.slice(0, 300));
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
};
