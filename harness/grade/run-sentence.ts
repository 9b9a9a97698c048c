/** The sentence that explains a run's verdict, and what to do next. */
import type { Bound, CriterionResult, RunResult, ScenarioResult, Verdict } from '../result.ts';
import { boundWords, holds } from '../measure/bounds.ts';
import { nextStepOfUnknown } from '../measure/next-steps.ts';
import { formatCountOf, formatNumber } from '../measure/numbers-in-words.ts';
import { byCause } from '../measure/severity.ts';

type Explanation = Pick<RunResult, 'sentence' | 'nextStep'>;

const mostCharacters = 220;

/** For the first screen, cut between two statements if it can be; the criterion's own line holds the rest. */
const clipped = (text: string): string => {
  if (text.length <= mostCharacters) return text;
  const kept = text.slice(0, mostCharacters - 3);
  const statement = kept.lastIndexOf('; ');
  return statement > mostCharacters / 2 ? kept.slice(0, statement) : `${kept.replace(/\s+\S*$/, '')} …`;
};

/** " (132 of 3,144)" for a share; how many samples stand behind another figure says nothing of it here. */
const countWords = ({ numerator, count }: CriterionResult): string =>
  numerator == null ? '' : ` (${formatCountOf(numerator, count)})`;

/** Of a level below one percent a third digit says nothing; a count's share stands beside its count. */
const valueOf = ({ unit, numerator }: CriterionResult, value: number): string =>
  unit === '%' && numerator == null && Math.abs(value) < 1 ? String(Number(value.toPrecision(2))) : formatNumber(value);

const unitWords = (unit: string): string => (unit === '%' ? ' %' : ` ${unit}`);

/** "3,000 ms at p95", "0 % (0 of 374) of the requests succeeded". */
const figureOf = (criterion: CriterionResult, value: number): string => {
  const { unit, figureWords } = criterion;
  const words = figureWords == null ? '' : ` ${figureWords}`;
  return `${valueOf(criterion, value)}${unitWords(unit)}${countWords(criterion)}${words}`;
};

/** The bound that was broken, or kept: the warning's where it is one, else the failure's. */
const boundInForce = ({ bounds, verdict }: CriterionResult): Bound | undefined =>
  bounds.find(({ severity }) => severity === (verdict === 'warn' ? 'warn' : 'fail')) ?? bounds[0];

/** A waiver that no longer accepts it is told beside the failure. */
const endedWords = ({ waiver }: CriterionResult): string => {
  if (waiver == null || waiver.state === 'accepted') return '';
  const why = waiver.state === 'expired' ? `ended on ${waiver.until}` : `accepts ${waiver.bound} at the most`;
  return ` (its waiver ${why})`;
};

/** "Waiting for a connection of the app pool times out: 4.2 % (132 of 3,144), at most 0 % is allowed". */
const explainCriterion = (criterion: CriterionResult): string => {
  const { title, value, unit, bounds, reason, waiver } = criterion;
  const waived = waiver?.state === 'accepted' ? `Waived until ${waiver.until}: ` : '';
  // A second condition may have failed while the value itself keeps its bound.
  const kept = value !== null && bounds.every((one) => holds(value, one));
  if (value === null || kept || criterion.verdict === 'inconclusive') return `${waived}${title}: ${clipped(reason)}`;
  const bound = boundInForce(criterion);
  const allowed = bound === undefined ? '' : `; the bound is ${boundWords(bound, unit)}`;
  const when = criterion.when == null ? '' : `, ${criterion.when}`;
  return `${waived}${title}: ${figureOf(criterion, value)}${endedWords(criterion)}${when}${allowed}`;
};

/** What is as it should be needs no word, least of all beside a failure: "healthy" is none of its verdict. */
const plainVariants = ['fixed', 'healthy', 'default'];

/** Title of an entry, with its variant where that tells it from others. */
export const place = ({ title, variant, expected, repeat }: ScenarioResult, repeats: boolean): string => {
  if (expected !== 'symptoms' && plainVariants.includes(variant)) return title;
  return `${title} (${variant}${repeats ? `, repeat ${repeat}` : ''})`;
};

const nextStepOfUnseen =
  'The cause is in force but its symptom is not seen: compare the settings with the declaration, ' +
  "and look at the symptoms' evidence.";

const explainEntry = (entry: ScenarioResult, verdict: Verdict): Explanation => {
  if (entry.state === 'failed' && entry.message != null)
    return { sentence: entry.message, nextStep: "Run pgsurge doctor, then look into the run's logs." };
  if (entry.expected === 'symptoms' && entry.asExpected !== true)
    return { sentence: entry.reason, nextStep: nextStepOfUnseen };
  const worst = entry.criteria.filter((one) => one.verdict === verdict).sort(byCause)[0];
  if (worst === undefined) return { sentence: entry.reason, nextStep: "Look at the entry's page." };
  if (verdict === 'inconclusive')
    return { sentence: `Not known: ${explainCriterion(worst)}`, nextStep: nextStepOfUnknown(worst) };
  return { sentence: explainCriterion(worst), nextStep: worst.nextStep ?? "Look at the entry's page." };
};

/** Where a run has one scenario, once, its entries are that scenario's variants. */
export const areVariants = (entries: readonly ScenarioResult[]): boolean =>
  entries.length > 1 &&
  new Set(entries.map(({ name }) => name)).size === 1 &&
  new Set(entries.map(({ variant }) => variant)).size === entries.length;

/** Of one scenario's variants a few are named. */
const mostNamed = 4;
const andList = new Intl.ListFormat('en-GB');

/** "2 (fixed and rotation)" of one scenario's variants; else the number alone. */
const variantsWords = (some: readonly ScenarioResult[], areNamed: boolean): string => {
  const names = some.map(({ variant }) => variant);
  if (!areNamed || names.length > mostNamed) return String(names.length);
  return `${names.length} (${andList.format(names)})`;
};

/** What "as expected" was of several entries: a broken variant meets no criterion, it shows its symptoms. */
const allAsExpected = (scenarios: readonly ScenarioResult[]): string => {
  const [broken, sound] = [
    scenarios.filter(({ expected }) => expected === 'symptoms'),
    scenarios.filter(({ expected }) => expected !== 'symptoms'),
  ];
  if (broken.length === 0) return 'every criterion met';
  // Of two it is plain.
  const areNamed = areVariants(scenarios) && scenarios.length > 2;
  const shows = broken.length === 1 ? 'is broken on purpose and shows it' : 'are broken on purpose and show it';
  const shown = `${variantsWords(broken, areNamed)} ${shows}`;
  if (sound.length === 0) return shown;
  return `${shown}, ${variantsWords(sound, areNamed)} ${sound.length === 1 ? 'meets its' : 'meet their'} criteria`;
};

/** The name that a run is kept under, where nobody has another: what was run. */
const keepWords = (runId: string): string => `pgsurge keep ${runId} ${runId.replace(/^\S*?Z-/, '')}`;

/** What fails on purpose needs no mending, and a reader who does not know that looks for it. */
const nothingToMend = (entries: readonly ScenarioResult[]): string =>
  entries.some(({ expected }) => expected === 'symptoms')
    ? 'Nothing to mend: what fails here fails on purpose.'
    : 'Nothing to mend.';

const asExpected = (first: ScenarioResult, entries: readonly ScenarioResult[], runId: string): Explanation => {
  const alone = entries.length === 1;
  const kind = areVariants(entries) ? 'variants' : 'entries';
  const all = entries.length === 2 ? 'Both' : `All ${entries.length}`;
  const what = alone ? place(first, false) : `${all} ${kind}`;
  return {
    sentence: `${what} came out as expected: ${alone ? first.reason : allAsExpected(entries)}.`,
    nextStep: `${nothingToMend(entries)} To keep the run as a baseline: ${keepWords(runId)}`,
  };
};

/** What a run's verdict is explained by: its decisive entries, the first of them in words, among all that count. */
export const sentenceOf = (
  verdict: Verdict,
  [first, ...others]: readonly ScenarioResult[],
  entries: readonly ScenarioResult[],
  runId: string,
): Explanation => {
  if (first === undefined)
    return { sentence: 'Nothing was run.', nextStep: 'Run pgsurge run baseline --profile smoke.' };
  if (verdict === 'pass' || verdict === 'notApplicable') return asExpected(first, entries, runId);
  const { sentence, nextStep } = explainEntry(first, verdict);
  const repeats = entries.some(({ repeat }) => repeat > 1);
  const prefix = entries.length > 1 ? `${place(first, repeats)}: ` : '';
  const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'entry' : 'entries'})`;
  return { sentence: `${prefix}${sentence}${more}.`, nextStep };
};
