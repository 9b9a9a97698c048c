import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { isKnown, knownWords, named, type KnownWords } from '../script-words.ts';
import type { ScriptCheck } from '../../result.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

const measuredBy = "k6's checks, by its own end figures";

const checkWords = ({ name, group, passes, fails }: ScriptCheck): string =>
  `"${name}"${group === '' ? '' : ` in ${group}`} failed ${formatCountOf(fails, passes + fails)} times`;

const ofChecks = (metric: string): boolean => metric === 'checks' || metric.startsWith('checks{');

/** The script's own bound on how many checks may fail, where it has one and that is kept. */
const isAllowed = ({ totals }: KnownWords): boolean => {
  const own = (totals.thresholds ?? []).filter(({ metric }) => ofChecks(metric));
  return own.length > 0 && own.every(({ kept }) => kept);
};

const nothingChecked = ({ totals }: KnownWords): Measurement =>
  (totals.thresholds ?? []).some(({ metric }) => ofChecks(metric))
    ? { state: 'inconclusive', reason: 'no check was made, though the script sets a threshold on them', measuredBy }
    : { state: 'notApplicable', reason: 'the script makes no checks' };

/** A check is what the script's author calls right: without a word on how many may fail, none may. */
const worstOf = (known: KnownWords, failed: readonly ScriptCheck[]): 'fail' | 'warn' => {
  const neverHeld = failed.some(({ passes }) => passes === 0);
  return isAllowed(known) && !neverHeld ? 'warn' : 'fail';
};

const measure = (input: JudgeInput): Measurement => {
  const known = knownWords(input);
  if (!isKnown(known)) return known;
  const { checksPassed, checksFailed, checks } = known.totals;
  const count = checksPassed + checksFailed;
  if (count === 0) return nothingChecked(known);
  const failed = [...(checks ?? [])].filter(({ fails }) => fails > 0).sort((a, b) => shareOf(b) - shareOf(a));
  const value = (100 * checksFailed) / count;
  const measured = { state: 'measured' as const, value, count, numerator: checksFailed, measuredBy };
  const reason = checksFailed === 0 ? `${formatCountOf(0, count)} checks failed` : named(failed.map(checkWords));
  if (checksFailed === 0 || input.declaration?.value != null) return { ...measured, reason };
  return { ...measured, worst: { verdict: worstOf(known, failed), reason } };
};

const shareOf = ({ passes, fails }: ScriptCheck): number => fails / (passes + fails);

export const criterion: Criterion = {
  id: 'script-checks',
  title: "The script's own checks",
  failureTitle: "The script's own checks failed",
  source: 'ours',
  unit: '%',
  figureWords: 'of the checks',
  bounds: [],
  demand: 'no check fails, or no more than its own threshold on checks allows, and each held at least once',
  causeRank: 0.7,
  always: true,
  sees: { otherwise: "k6's own end figures, exit code and log: what did not arrive of its samples changes none" },
  chart: null,
  nextStep:
    'Look at what the check compares. Where some may fail, say how many: a threshold on checks in the script, or ' +
    'criteria: [{ id: "script-checks", value: 1 }] in percent.',
  measure,
};
