/**
 * Grades one entry: what was measured, against what was promised. Pure, so a saved run can be judged again.
 */
import type { CriterionDeclaration, ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Ledger } from '../load/ledger.ts';
import { proofAnswer, proofsOf, symptomsOf } from '../measure/declared-observations.ts';
import type { CriterionResult, ScenarioResult, SymptomResult } from '../result.ts';
import type { Criterion, JudgedEntry } from './criterion.ts';
import { claimsOf } from './claims.ts';
import { errorsByFamily } from './errors-by-family.ts';
import { figuresOf } from './figures.ts';
import { healthOf } from './health.ts';
import { disagreementsOf, identitiesOf, outcomesOf } from './identities.ts';
import { judgeCriterion } from './judge-criterion.ts';
import { letterOf } from './letter.ts';
import { recoveryOf } from './recovery.ts';
import { evaluateSymptoms } from './symptoms.ts';
import { expectationOf, worstOf } from './verdict.ts';
import { withWaivers, type WaiversOfRun } from './waivers.ts';

export interface GradeInput {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  /** All criteria there are, as `loadCriteria()` gives them. */
  criteria: readonly Criterion[];
  judge: JudgedEntry;
  /** The same scenario's entries of the same repeat, as far as they are judged: what claims are compared with. */
  others?: readonly ScenarioResult[];
  ledger: Ledger | null;
  /**
   * Answers of what is looked for by SQL (`declared-observations.ts`), asked while the database was up; null: could not
   * be asked.
   */
  sqlAnswers: Readonly<Record<string, number | null>>;
  /** Failures that the team accepts for a while. */
  waivers?: WaiversOfRun | null;
}

export type GradedFields = Pick<
  ScenarioResult,
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

const judgedProofs = ({ sqlAnswers, ...input }: GradeInput): SymptomResult[] => {
  const declared = proofsOf(input);
  const answers = Object.fromEntries(declared.map(({ id }) => [id, sqlAnswers[proofAnswer(id)] ?? null]));
  return evaluateSymptoms(declared, input.judge, answers);
};

/** A broken variant fails by purpose: there is nothing to accept. */
const waiversFor = ({ variant, waivers = null }: GradeInput): WaiversOfRun | null =>
  variant.expected === 'pass' ? waivers : null;

const criteriaOf = (input: GradeInput): CriterionResult[] => {
  const disagreements = disagreementsOf(input.judge, input.ledger);
  const judge = { ...input.judge, disagreements, proofs: judgedProofs(input) };
  const judged = input.criteria
    .filter((criterion) => isJudged(criterion, input))
    .map((criterion) => judgeCriterion(criterion, { ...judge, declaration: declarationOf(criterion.id, input) }));
  return [...withWaivers(judged, waiversFor(input)), ...unknownCriteria(input)];
};

type Expectation = Pick<GradedFields, 'verdict' | 'asExpected' | 'reason'>;

/**
 * A fail by what was seen stands. All else, a symptom that was not seen among it, may be so only because the harness
 * saw too little, and that is no judgement of the service.
 */
const gated = (expectation: Expectation, input: GradeInput, results: readonly CriterionResult[]): Expectation => {
  const gates = new Set(input.criteria.filter((criterion) => criterion.gates === true).map(({ id }) => id));
  const lost = results.find(({ id, verdict }) => gates.has(id) && verdict === 'inconclusive');
  const failsBySight = input.variant.expected === 'pass' && expectation.verdict === 'fail';
  if (lost === undefined || failsBySight) return expectation;
  const others = expectation.verdict === 'inconclusive' ? `; ${expectation.reason}` : '';
  return { verdict: 'inconclusive', asExpected: null, reason: `${lost.reason}${others}` };
};

const gradeLetter = ({ criteria }: GradeInput, results: readonly CriterionResult[]): string | null => {
  const grave = new Set(criteria.filter((criterion) => criterion.grave === true).map(({ id }) => id));
  return letterOf(results, worstOf(results), grave);
};

/** Judges all criteria and symptoms of one entry and gives the fields of its result that judging fills. */
export const gradeEntry = (input: GradeInput): GradedFields => {
  const { declaration, variant, judge: entry, ledger, sqlAnswers } = input;
  const criteria = criteriaOf(input);
  const symptoms = evaluateSymptoms(symptomsOf(input), entry, sqlAnswers);
  return {
    criteria,
    symptoms,
    ...gated(expectationOf(variant.expected, criteria, symptoms, unexcusedOf(criteria, input)), input, criteria),
    identities: identitiesOf(entry, ledger),
    outcomes: outcomesOf(ledger, entry.checks),
    errors: errorsByFamily(entry.observations),
    health: healthOf(entry),
    recovery: recoveryOf(entry),
    claims: claimsOf(declaration.claims ?? [], {
      variant: variant.name,
      judge: entry,
      answers: sqlAnswers,
      others: input.others ?? [],
    }),
    figures: figuresOf(entry, criteria),
    expected: variant.expected,
    grade: gradeLetter(input, criteria),
  };
};
