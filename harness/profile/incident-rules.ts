/** What makes a scenario an incident: the failure by its cause and the fix beside it, under the same conditions. */
import { isDeepStrictEqual } from 'node:util';
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Observation } from '../../scenarios/lib/observation.ts';
import { environmentOf } from './environment.ts';
import { isStepOf } from './steps-of-variant.ts';

type Finding = string;

const settingsOf = (declaration: ScenarioDeclaration, variant: VariantDeclaration): unknown => [
  environmentOf({ declaration, variant }),
  variant.rollout ?? null,
  declaration.steps?.filter((step) => isStepOf(step, variant.name)),
];

const findingsOfVariants = (
  declaration: ScenarioDeclaration,
  broken: VariantDeclaration,
  fixed: VariantDeclaration,
): Finding[] => [
  ...(broken.expected === 'symptoms' ? [] : ['variants: "broken" must expect symptoms']),
  ...(fixed.expected === 'pass' ? [] : ['variants: "fixed" must expect pass']),
  ...(isDeepStrictEqual(settingsOf(declaration, broken), settingsOf(declaration, fixed))
    ? ['variants: "broken" and "fixed" have the same settings: what was fixed?']
    : []),
  ...[broken, fixed]
    .filter(({ reference }) => reference != null)
    .map(
      ({ name }) => `variants: "${name}" changes the environment: only further variants may, since they prove no fix`,
    ),
];

/**
 * A restart, a roll or a statement may be the fix itself; what is broken on purpose is a condition, and the same for
 * both.
 */
const findingsOfFaults = ({ steps }: ScenarioDeclaration): Finding[] =>
  (steps ?? []).flatMap(({ do: what, variants }, position) =>
    (what === 'inject' || what === 'heal') &&
    variants != null &&
    variants.includes('broken') !== variants.includes('fixed')
      ? [`steps[${position}].variants names only one of broken and fixed: a fault must hit both`]
      : [],
  );

/** A lowest value that is looked for until the entry ends. */
const isEndlessMinimum = (observe: Observation | null | undefined): boolean =>
  observe?.kind === 'series' && observe.statistic === 'min' && observe.phase == null && observe.withinSeconds == null;

/** When an entry ends everything falls to zero: a lowest value with no end in time says that and nothing else. */
const findingsOfLowest = ({ symptoms, proofs, variants, claims }: ScenarioDeclaration): Finding[] => {
  const observed = [
    ...[...(proofs ?? []), ...variants.flatMap((variant) => variant.proofs ?? [])].map(({ id, observe }) => ({
      place: `proof "${id}"`,
      observe,
    })),
    ...[...(symptoms ?? []), ...variants.flatMap((variant) => variant.symptoms ?? [])].map(({ id, observe }) => ({
      place: `symptom "${id}"`,
      observe,
    })),
    ...(claims ?? []).map(({ measure }, position) => ({ place: `claims[${position}]`, observe: measure ?? null })),
  ];
  return observed
    .filter(({ observe }) => isEndlessMinimum(observe))
    .map(({ place }) => `${place}: a min needs an end, phase or withinSeconds, else the end of the entry decides it`);
};

const findingsOfProof = (
  { symptoms, criteria, story, keyCharts }: ScenarioDeclaration,
  broken: VariantDeclaration,
): Finding[] => {
  const gating = (broken.symptoms ?? symptoms ?? []).filter(({ tag }) => tag !== 'claim');
  return [
    ...(story == null
      ? ['story is missing: an incident tells what happened, its cause, its symptom and the remedy']
      : []),
    ...(keyCharts == null || keyCharts.length === 0
      ? ['keyCharts is missing: an incident names the chart that explains it']
      : []),
    ...(gating.length > 0 ? [] : ['symptoms: all are claims, so nothing would prove that it is broken']),
    ...(criteria.some(({ notApplicable }) => notApplicable == null)
      ? []
      : ['criteria: none is applicable, so nothing would judge the fix']),
  ];
};

/** A label that contradicts what the variant is expected to show would teach the diagnosis a wrong answer. */
const findingsOfDiagnosis = ({ name, expected, diagnosis }: VariantDeclaration): Finding[] => {
  if (diagnosis == null) return [`variants: "${name}" has no diagnosis: which cause must be named for it?`];
  const { cause, notCauses } = diagnosis;
  return [
    ...(expected === 'symptoms' && cause === 'none'
      ? [`variants: "${name}" expects symptoms, so its diagnosis is a cause and not "none"`]
      : []),
    ...(notCauses?.includes(cause)
      ? [`variants: "${name}" names ${cause} both as its cause and as what must not be named`]
      : []),
  ];
};

/** Empty for scenarios of other groups. */
export const incidentFindings = (scenario: ScenarioDeclaration): Finding[] => {
  if (scenario.group !== 'incidents') return [];
  const [broken, fixed] = ['broken', 'fixed'].map((wanted) => scenario.variants.find(({ name }) => name === wanted));
  if (broken === undefined || fixed === undefined) return ['variants: an incident has at least "broken" and "fixed"'];
  return [
    ...findingsOfVariants(scenario, broken, fixed),
    ...findingsOfFaults(scenario),
    ...findingsOfProof(scenario, broken),
    ...findingsOfLowest(scenario),
    ...scenario.variants.flatMap(findingsOfDiagnosis),
  ];
};
