/** What a test that stopped itself had reached, of what it declares. */
import { formatCount, formatSeconds } from '../measure/numbers-in-words.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { lastTimeOf, totalMs, totalOf } from '../measure/tracks/windows.ts';
import type { ScriptWords } from '../result.ts';
import type { JudgeInput } from './criterion.ts';
import { loadedWindows } from './judged-windows.ts';
import { thresholdWords, type KnownWords } from './script-words.ts';

/** The rate at the end is that of so long before it: k6 exports once a second. */
const lastMs = 3000;

/** Per second, at the end; null where nothing of it was seen. */
const rateAtEnd = ({ observations }: JudgeInput, name: string): number | null => {
  const series = seriesOf(observations, name);
  const endMs = lastTimeOf(series);
  return endMs === null ? null : totalOf(series, [{ startMs: endMs - lastMs, endMs }]) / (lastMs / 1000);
};

const ofDeclared = (reached: number, declared: number | null, unit: string): string =>
  declared === null || declared <= 0
    ? `${formatCount(reached)} ${unit}`
    : `${formatCount(reached)} of ${formatCount(declared)} ${unit}`;

/** "at some 1,000 of 6,000 iterations/s and 243 of 500 users". */
const reachedWords = (input: JudgeInput, { script, totals }: KnownWords): string => {
  const arrivals = script?.perSecond ?? null;
  const rate = rateAtEnd(input, arrivals === null ? 'http_reqs' : 'iterations');
  const users = seriesOf(input.observations, 'vus')
    .flatMap(({ values }) => Array.from(values))
    .reduce((most, value) => Math.max(most, value), 0);
  const most = users > 0 ? users : totals.vusMax;
  return [
    ...(rate === null ? [] : [ofDeclared(rate, arrivals, arrivals === null ? 'requests/s' : 'iterations/s')]),
    // Of a test that lasted a second nobody may have counted them.
    ...(most > 0 ? [ofDeclared(most, script?.users ?? null, 'users')] : []),
  ].join(' and ');
};

/** The thresholds that broke and stop the test, in the script's words; k6's own where they are not known. */
const stopperWords = ({ script, totals }: KnownWords, { by, words }: NonNullable<ScriptWords['stopped']>): string => {
  if (by === 'k6') return `k6 stopped the test (${words})`;
  if (by === 'script') return `the script stopped the test itself ("${words}")`;
  const aborting = script?.aborting ?? [];
  const broke = (totals.thresholds ?? []).filter(
    ({ metric, expression, kept }) =>
      !kept && aborting.some((one) => one.metric === metric && one.expression === expression),
  );
  if (broke.length === 0) return `a threshold stopped the test (${words})`;
  return `your threshold ${broke.map(thresholdWords).join(' and ')} stopped the test`;
};

/** "your threshold p(95)<200 on http_req_duration stopped the test after 31.2 s of 180.0 s, at some 1,000 of …". */
export const earlyEndWords = (
  input: JudgeInput,
  known: KnownWords,
  stopped: NonNullable<ScriptWords['stopped']>,
): string => {
  const stopper = stopperWords(known, stopped);
  if (known.totals.iterations === 0) return `${stopper} before its first iteration was done: nothing was tried`;
  const lastedMs = totalMs(loadedWindows(input.phases));
  const declared = known.script === null ? '' : ` of ${formatSeconds(known.script.seconds * 1000)}`;
  const figures = reachedWords(input, known);
  const reached = `after ${formatSeconds(lastedMs)}${declared}${figures === '' ? '' : `, at some ${figures}`}`;
  return `${stopper} ${reached}; what lies above was not tried`;
};
