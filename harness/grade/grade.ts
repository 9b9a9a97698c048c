/**
 * Grades one entry: what was measured, against what was promised. Pure, so a saved run can be judged again.
 */
import type { CriterionDeclaration, ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Ledger } from '../load/ledger.ts';
import type { CriterionResult, ScenarioResult } from '../result.ts';
import type { Criterion, JudgedEntry } from './criterion.ts';
import { claimsOf } from './claims.ts';
import { errorsByFamily } from './errors-by-family.ts';
import { figuresOf } from './figures.ts';
import { healthOf } from './health.ts';
import { identitiesOf, outcomesOf } from './identities.ts';
import { judgeCriterion } from './judge-criterion.ts';
import { letterOf } from './letter.ts';
import { limitOf } from './connection-limit.ts';
import { recoveryOf } from './recovery.ts';
import { evaluateSymptoms } from './symptoms.ts';
import { expectationOf, worstOf } from './verdict.ts';

export interface GradeInput {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  /** From `loadCriteria()`. */
  criteria: readonly Criterion[];
  judge: JudgedEntry;
  ledger: Ledger | null;
  /**
   * Answers of `sql` symptoms (and of claims, by `claim:<index>`), asked while the database was up; null: could not be
   * asked.
   */
  sqlAnswers: Readonly<Record<string, number | null>>;
}

export type GradedFields = Pick<
  ScenarioResult,
  | 'limit'
  | 'criteria'
  | 'symptoms'
  | 'identities'
  | 'outcomes'
  | 'errors'
  | 'health'
  | 'recovery'
  | 'claims'
  | 'figures'
  | 'verdict'
  | 'expected'
  | 'asExpected'
  | 'reason'
  | 'grade'
>;

/** The variant's word on a criterion beats the scenario's. */
const declarationOf = (id: string, { declaration, variant }: GradeInput): CriterionDeclaration | null =>
  variant.criteria?.find((declared) => declared.id === id) ??
  declaration.criteria.find((declared) => declared.id === id) ??
  null;

/** The matrix is judged by all criteria, other scenarios by those they declare and those that always hold. */
const isJudged = ({ id, always }: Criterion, input: GradeInput): boolean =>
  ['matrix', 'external'].includes(input.declaration.group) || always === true || declarationOf(id, input) !== null;

const unknownCriteria = (input: GradeInput): CriterionResult[] =>
  [...input.declaration.criteria, ...(input.variant.criteria ?? [])]
    .filter(({ id }) => !input.criteria.some((criterion) => criterion.id === id))
    .map(({ id }) => ({
      id,
      title: `Unknown criterion ${id}`,
      source: 'ours',
      measuredBy: '',
      unit: '',
      bounds: [],
      value: null,
      count: 0,
      verdict: 'inconclusive' as const,
      reason: `there is no criterion "${id}" in harness/grade/criteria`,
    }));

/**
 * Results that no defect excuses, but for criteria that the scenario or the variant names itself: those say what they
 * must.
 */
const unexcusedOf = (results: readonly CriterionResult[], input: GradeInput): CriterionResult[] =>
  results.filter(
    ({ id, verdict }) =>
      declarationOf(id, input) === null &&
      input.criteria.find((criterion) => criterion.id === id)?.unexcused?.includes(verdict) === true,
  );

const criteriaOf = (input: GradeInput): CriterionResult[] => [
  ...input.criteria
    .filter((criterion) => isJudged(criterion, input))
    .map((criterion) => judgeCriterion(criterion, { ...input.judge, declaration: declarationOf(criterion.id, input) })),
  ...unknownCriteria(input),
];

const gradeLetter = ({ criteria }: GradeInput, results: readonly CriterionResult[]): string | null => {
  const grave = new Set(criteria.filter((criterion) => criterion.grave === true).map(({ id }) => id));
  return letterOf(results, worstOf(results), grave);
};

/** Judges all criteria and symptoms of one entry and gives the fields of its result that judging fills. */
export const gradeEntry = (input: GradeInput): GradedFields => {
  const { declaration, variant, judge: entry, ledger, sqlAnswers } = input;
  const criteria = criteriaOf(input);
  const symptoms = evaluateSymptoms(variant.symptoms ?? declaration.symptoms ?? [], entry, sqlAnswers);
  return {
    criteria,
    symptoms,
    ...expectationOf(variant.expected, criteria, symptoms, unexcusedOf(criteria, input)),
    identities: identitiesOf(entry, ledger),
    outcomes: outcomesOf(ledger, entry.checks),
    errors: errorsByFamily(entry.observations),
    health: healthOf(entry),
    recovery: recoveryOf(entry),
    claims: claimsOf(declaration.claims ?? [], variant.name, entry, sqlAnswers),
    figures: figuresOf(entry, criteria),
    limit: declaration.group === 'external' ? limitOf(entry) : null,
    expected: variant.expected,
    grade: gradeLetter(input, criteria),
  };
};
