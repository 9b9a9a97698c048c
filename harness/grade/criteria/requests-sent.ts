import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { isKnown, knownWords } from '../script-words.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

const measuredBy = "k6's log: it counts no request whose URL is none";

const older = 'measured by a release that did not look for them';

const measure = (input: JudgeInput): Measurement => {
  const known = knownWords(input);
  if (!isKnown(known)) return known;
  const { unsent } = known.words;
  if (unsent === undefined) return { state: 'notApplicable', reason: older };
  const value = unsent?.count ?? 0;
  const count = known.totals.requests + value;
  const measured = { state: 'measured' as const, value, count, numerator: value, measuredBy };
  if (unsent === null) return { ...measured, reason: 'none' };
  const reason = `${formatCountOf(value, count)} requests were never sent, and are in no other figure: ${unsent.text}`;
  return input.declaration?.value == null
    ? { ...measured, worst: { verdict: 'fail', reason } }
    : { ...measured, reason };
};

export const criterion: Criterion = {
  id: 'requests-sent',
  title: 'Requests that were not sent',
  failureTitle: 'The script asked for URLs that are none: nothing was sent',
  source: 'ours',
  unit: 'requests',
  bounds: [],
  demand: 'none: k6 sends nothing to a URL that is none, and counts no request for it',
  causeRank: 0.55,
  always: true,
  sees: { otherwise: "k6's own end figures, exit code and log: what did not arrive of its samples changes none" },
  chart: null,
  nextStep:
    'Look at how the script makes its URLs: mostly a variable is empty, or an answer lacked what is put into it.',
  measure,
};
