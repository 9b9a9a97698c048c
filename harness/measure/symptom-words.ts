/** What a variant that fails on purpose showed, with what was measured of it. */
import type { ScenarioResult, SymptomResult } from '../result.ts';
import { formatNumber, formatShare, plural } from './numbers-in-words.ts';

/** A reader takes in so many; the page has a table of all. */
const mostTold = 3;
/** That something did not happen is told last. */
const isNothing = ({ value }: SymptomResult): boolean => value === 0;

const measuredWords = ({ kind, value }: SymptomResult): string => {
  if (value == null) return '';
  return ` (measured: ${kind === 'share' ? formatShare(value) : formatNumber(value)})`;
};

/** "symptom", "3 symptoms": behind "its". */
export const symptomsWords = (count: number): string => (count === 1 ? 'symptom' : plural(count, 'symptom'));

/** Begins, in an entry's reason, what its defect does not excuse. */
export const warningIntro = 'Warning, beside what is expected of it: ';

const warningOf = (reason: string): string => {
  const start = reason.indexOf(warningIntro);
  return start === -1 ? '' : ` ${reason.slice(start)}.`;
};

type Shown = Pick<ScenarioResult, 'symptoms' | 'reason'>;

/** "It shows its 3 symptoms: A (measured: 41); B (measured: 78); and 1 more." Null where it shows none. */
export const shownWords = ({ symptoms, reason }: Shown): string | null => {
  const shown = symptoms.filter(({ tag, observed }) => tag !== 'claim' && observed === true);
  if (shown.length === 0) return null;
  const ordered = shown.toSorted((a, b) => Number(isNothing(a)) - Number(isNothing(b)));
  const told = ordered.slice(0, mostTold).map((one) => `${one.title}${measuredWords(one)}`);
  const more = shown.length > mostTold ? [`and ${shown.length - mostTold} more`] : [];
  return `It shows its ${symptomsWords(shown.length)}: ${[...told, ...more].join('; ')}.${warningOf(reason)}`;
};
