/** k6's own words on a script, as criteria take them: nothing where the run was measured before they were kept. */
import type { LoadTotals, ScriptLoad, ScriptThreshold, ScriptWords } from '../result.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

export interface KnownWords {
  totals: LoadTotals;
  words: ScriptWords;
  script: ScriptLoad | null;
}

const noFigures: Measurement = { state: 'inconclusive', reason: 'k6 gave no figures of its own at its end' };
const older = 'measured by a release that did not read what k6 says beside its figures';

/** Scenarios of ours make no checks and set no thresholds: without k6's words nothing is missed of them. */
const withoutWords = ({ missing }: JudgeInput): Measurement =>
  missing === undefined ? { state: 'notApplicable', reason: older } : { state: 'inconclusive', reason: older };

/** What is known, or what a criterion says where it is not. */
export const knownWords = (input: JudgeInput): KnownWords | Measurement => {
  const { loadTotals } = input;
  if (loadTotals === null) return noFigures;
  const { words } = loadTotals;
  if (words == null) return withoutWords(input);
  return { totals: loadTotals, words, script: input.load.script ?? null };
};

export const isKnown = (known: KnownWords | Measurement): known is KnownWords => 'totals' in known;

/** `http_req_duration{scenario:checkout}` → `http_req_duration`. */
const metricOf = ({ metric }: ScriptThreshold): string => metric.replace(/\{.*$/s, '');

/** k6 shows a threshold without a sample as kept. A gauge does not count: then it is whether any came. */
export const hasSamples = (threshold: ScriptThreshold, { observations }: JudgeInput): boolean =>
  threshold.samples === null ? seriesOf(observations, metricOf(threshold)).length > 0 : threshold.samples > 0;

/** "p(95)<200 on http_req_duration". */
export const thresholdWords = ({ metric, expression }: Pick<ScriptThreshold, 'metric' | 'expression'>): string =>
  `${expression} on ${metric}`;

const mostNamed = 4;

/** The first few by name, the rest by their number. */
export const named = (all: readonly string[]): string => {
  const rest = all.length - mostNamed;
  return [...all.slice(0, mostNamed), ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
};
