import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lengthOf, longestSilence, usualMs, type Silence } from '../../measure/silence.ts';
import { requestCounts } from '../requests.ts';
import { notSeen } from '../unknowns.ts';
import { formatSpan } from '../../measure/load-clock.ts';
import { formatCount, formatRoughShare, plural } from '../../measure/numbers-in-words.ts';
import { slowRequestMs } from '../request-windows.ts';

const measuredBy = 'the longest stretch in which users waited and nobody was answered';

/** More than a p95 leaves out: what was not sent would have been its slowest part. */
const mostUnsentPercent = 5;

/** "nobody was answered from 14.0 to 18.5 s (closed loop: 5 users waited; at the rate before …)". */
const silenceWords = ({ startMs, endMs, users, unsent }: Silence, { phases }: JudgeInput): string =>
  `nobody was answered ${formatSpan(startMs, endMs, phases)} (closed loop: ` +
  `${plural(users, 'user')} waited; at the rate before some ${formatCount(unsent)} requests were not sent)`;

const unknownWords = ({ unsentPercent }: Silence): string =>
  `${formatRoughShare(unsentPercent / 100)} of that minute's requests are in no percentile: those are true of what ` +
  'was sent only; use arrivals (constant-arrival-rate), which do not wait';

const measure = (input: JudgeInput): Measurement => {
  const { script } = input.load;
  if (script == null) return { state: 'notApplicable', reason: 'the load is not a stranger’s script' };
  if (!script.closed) return { state: 'notApplicable', reason: 'arrivals do not wait for answers (open model)' };
  const { unknown, ...counts } = requestCounts(input.observations, input.phases);
  const count = Object.values(counts).reduce((sum, one) => sum + one, unknown);
  if (count === 0) return notSeen('requests');
  const silence = longestSilence(input);
  const measured = { state: 'measured' as const, count, measuredBy };
  if (silence === null || lengthOf(silence) <= Math.max(slowRequestMs, usualMs(input)))
    return { ...measured, value: 0, reason: 'answers came all the time; users that wait send less when it is slow' };
  const when = silenceWords(silence, input);
  const evidence = [{ atMs: silence.startMs, untilMs: silence.endMs, text: when, source: 'http_reqs' }];
  const value = lengthOf(silence) / 1000;
  if (silence.unsentPercent <= mostUnsentPercent) return { ...measured, value, reason: when, evidence };
  const reason = `${when}; ${unknownWords(silence)}`;
  return { ...measured, value, evidence, worst: { verdict: 'inconclusive', reason } };
};

export const criterion: Criterion = {
  id: 'closed-loop',
  title: 'Silences that a closed loop does not measure',
  failureTitle: 'The service was silent, and a closed loop did not measure it',
  source: 'ours',
  unit: 's',
  bounds: [
    { severity: 'warn', comparator: '<=', value: slowRequestMs / 1000 },
    { severity: 'fail', comparator: '<=', value: 5 },
  ],
  demand:
    'judged where a script’s users wait for answers; and what was not sent meanwhile is at most ' +
    `${mostUnsentPercent} % of that minute’s requests, else percentiles are unknown`,
  causeRank: 2.5,
  suitsReferenceOnly: true,
  needs: 'requests',
  always: true,
  sees: [{ source: 'k6', silenceLooksBad: true }],
  chart: 'load',
  nextStep:
    'Look at what the database did in that stretch: locks, a pause, a restart. To see what users would have felt, ' +
    'send the same load as arrivals: executor constant-arrival-rate with enough maxVUs.',
  measure,
};
