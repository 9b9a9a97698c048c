import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { ScenarioResult } from '../result.ts';
import type { JudgeInput } from './criterion.ts';
import { holds } from '../measure/bounds.ts';
import { claimAnswer } from '../measure/declared-observations.ts';
import { formatExactly, formatNumber } from '../measure/numbers-in-words.ts';
import { observe } from './symptoms.ts';

type Claim = NonNullable<ScenarioDeclaration['claims']>[number];
type ClaimResult = NonNullable<ScenarioResult['claims']>[number];
type ClaimedEntry = Pick<JudgeInput, 'observations' | 'phases' | 'steps'>;

/** What is known of the entry whose claims are looked at. */
export interface ClaimInput {
  variant: string;
  judge: ClaimedEntry;
  answers: Readonly<Record<string, number | null>>;
  /** The claims of the same scenario's other variants, as far as the run has come. */
  others: readonly Pick<ScenarioResult, 'variant' | 'claims'>[];
}

/** A text in a log has no figure of its own bound: the declaration's rules keep it from being compared. */
type Bounded = Exclude<NonNullable<Claim['measure']>, { kind: 'log' }>;

interface Measured {
  observed: boolean | null;
  words: string;
  value: number | null;
}

const inWords = (figure: string, observed: boolean, expected: string): string =>
  `${figure} (${observed ? 'holds' : 'does not hold'}: ${expected})`;

const unmeasured = { observed: null, value: null };

/** "4.1, against 51.2 of broken: × 0.08". */
const quotientOf = (claim: Claim, value: number, { others }: ClaimInput): Measured => {
  const { text, relativeTo } = claim;
  const bound = claim.measure as Bounded;
  const other = others.find(({ variant }) => variant === relativeTo);
  const base = other?.claims?.find((one) => one.text === text)?.value ?? null;
  if (base === null || base === 0)
    return { ...unmeasured, words: `${formatExactly(value)}; ${relativeTo} did not run, so nothing to compare with` };
  const quotient = value / base;
  const observed = holds(quotient, bound);
  const against = `${formatExactly(base)} of ${relativeTo}`;
  const figure = `${formatExactly(value)}, against ${against}: × ${formatNumber(quotient)}`;
  return { observed, value, words: inWords(figure, observed, `× ${bound.comparator} ${bound.value}`) };
};

const measuredOf = (claim: Claim, index: number, input: ClaimInput): Measured => {
  const { observed, value, expected } = observe(claimAnswer(index), claim.measure!, input.judge, input.answers);
  if (value === null || observed === null) return { ...unmeasured, words: 'could not be measured' };
  if (claim.relativeTo == null) return { observed, value, words: inWords(formatExactly(value), observed, expected) };
  if (claim.relativeTo !== input.variant) return quotientOf(claim, value, input);
  return { observed: null, value, words: `${formatExactly(value)}, with which the others are compared` };
};

const concerns = ({ variant, relativeTo }: Claim, wanted: string): boolean =>
  variant == null || variant === wanted || relativeTo === wanted;

/** The seed's sentences beside what was measured here. They never gate. */
export const claimsOf = (claims: readonly Claim[], input: ClaimInput): ClaimResult[] =>
  claims.flatMap((claim, index) => {
    const { text, seed, measure, refuted } = claim;
    if (!concerns(claim, input.variant)) return [];
    if (measure == null) return [{ text, seed, measured: 'not measured' }];
    const { observed, words, value } = measuredOf(claim, index, input);
    return [
      { text, seed, measured: words, value, ...(observed === false && refuted != null ? { note: refuted } : {}) },
    ];
  });
