/** What must hold in a declaration that shape alone cannot say. */
import type {
  LoadDeclaration,
  ScenarioDeclaration,
  StepDeclaration,
  SymptomDeclaration,
  VariantDeclaration,
} from '../../scenarios/lib/declaration.ts';
import { environmentOf } from './environment.ts';
import { incidentFindings } from './incident-rules.ts';
import { isStepOf } from './steps-of-variant.ts';

/** A place in the declaration and what is wrong there: `load.phases[1].name "steady" is used twice`. */
export type Finding = string;

const repeated = (place: string, field: string, values: readonly string[]): Finding[] =>
  values.flatMap((value, position) =>
    values.indexOf(value) < position ? [`${place}[${position}].${field} "${value}" is used twice`] : [],
  );

const unknownNames = (
  place: string,
  values: readonly (string | null | undefined)[],
  known: readonly string[],
  what: string,
): Finding[] =>
  values.flatMap((value) =>
    value === null || value === undefined || known.includes(value)
      ? []
      : [`${place} "${value}" is not a ${what}: ${known.join(', ')}`],
  );

/** What each step needs. */
const needed = {
  inject: 'fault',
  heal: 'fault',
  sql: 'sql',
  restart: null,
  roll: null,
  'restart-pooler': null,
} as const;

/** Fields that mean something for some steps only. */
const usedBy: Partial<Record<keyof StepDeclaration, readonly StepDeclaration['do'][]>> = {
  settings: ['restart', 'roll'],
  watch: ['restart', 'roll'],
  pooler: ['restart-pooler'],
  downSeconds: ['restart-pooler'],
  failsWith: ['sql'],
  with: ['inject'],
};

const misplacedFields = (step: StepDeclaration, place: string): Finding[] =>
  Object.entries(usedBy).flatMap(([field, steps]) =>
    step[field as keyof StepDeclaration] == null || steps.includes(step.do)
      ? []
      : [`${place}.${field} is for ${steps.join(' and ')} only`],
  );

const findingsOfInstant = ({ atSeconds, atShare }: StepDeclaration, place: string): Finding[] => {
  if (atSeconds != null && atShare != null) return [`${place} has both atSeconds and atShare: keep one`];
  return atSeconds == null && atShare == null
    ? [`${place} has neither atSeconds nor atShare: when does it happen?`]
    : [];
};

const isHealed = ({ fault }: StepDeclaration, { steps }: ScenarioDeclaration): boolean =>
  (steps ?? []).some((other) => other.do === 'heal' && other.fault === fault);

const findingsOfHold = (step: StepDeclaration, place: string, scenario: ScenarioDeclaration): Finding[] =>
  step.do === 'inject' && step.holdSeconds == null && !isHealed(step, scenario)
    ? [`${place}.holdSeconds is missing, and no step heals "${step.fault}": how long does it hold?`]
    : [];

/** In every variant that the step is for, the fault that it heals must be injected. */
const findingsOfHeal = (step: StepDeclaration, place: string, { steps, variants }: ScenarioDeclaration): Finding[] => {
  if (step.do !== 'heal' || step.fault == null) return [];
  const injected = (steps ?? []).filter((other) => other.do === 'inject' && other.fault === step.fault);
  return variants
    .map(({ name }) => name)
    .filter((name) => isStepOf(step, name) && !injected.some((other) => isStepOf(other, name)))
    .map((name) => `${place}.fault "${step.fault}" is not injected in variant "${name}": there is nothing to heal`);
};

const findingsOfStep = (step: StepDeclaration, place: string, scenario: ScenarioDeclaration): Finding[] => {
  const phases = scenario.load.phases.map(({ name }) => name);
  const variants = scenario.variants.map(({ name }) => name);
  const need = needed[step.do];
  return [
    ...unknownNames(`${place}.phase`, [step.phase], phases, 'phase of this scenario'),
    ...(step.variants ?? []).flatMap((name, index) =>
      unknownNames(`${place}.variants[${index}]`, [name], variants, 'variant of this scenario'),
    ),
    ...findingsOfInstant(step, place),
    ...misplacedFields(step, place),
    ...(need !== null && !step[need] ? [`${place}.${need} is missing: "${step.do}" needs it`] : []),
    ...findingsOfHold(step, place, scenario),
    ...findingsOfHeal(step, place, scenario),
  ];
};

const findingsOfSymptoms = (
  symptoms: readonly SymptomDeclaration[],
  place: string,
  phases: readonly string[],
): Finding[] => [
  ...repeated(
    place,
    'id',
    symptoms.map(({ id }) => id),
  ),
  ...symptoms.flatMap(({ observe: seen }, position) =>
    'phase' in seen
      ? unknownNames(`${place}[${position}].observe.phase`, [seen.phase], phases, 'phase of this scenario')
      : [],
  ),
];

const findingsOfPhases = ({ phases }: LoadDeclaration): Finding[] => [
  ...repeated(
    'load.phases',
    'name',
    phases.map(({ name }) => name),
  ),
  ...phases.flatMap(({ fullSeconds, floorSeconds }, position) =>
    floorSeconds > fullSeconds
      ? [`load.phases[${position}].floorSeconds ${floorSeconds} is longer than fullSeconds ${fullSeconds}`]
      : [],
  ),
  ...(phases.every(({ kind }) => kind === 'warmup') ? ['load.phases has only warm-up: nothing would be judged'] : []),
];

/** Steps, symptoms and criteria name the scenario's phases, whatever the load of a reference variant. */
const findingsOfReference = (
  { reference }: VariantDeclaration,
  place: string,
  { load }: ScenarioDeclaration,
): Finding[] => {
  const [own, common] = [reference?.load?.phases, load.phases].map((phases) =>
    phases?.map(({ name }) => name).join(', '),
  );
  return own === undefined || own === common
    ? []
    : [`${place}.reference.load.phases are ${own}, and must be those of the scenario: ${common}`];
};

/** A setting that nothing reads would make a variant that differs in name only. */
const findingsOfUnread = (variant: VariantDeclaration, place: string, declaration: ScenarioDeclaration): Finding[] => {
  const { route } = environmentOf({ declaration, variant });
  const replaced = (declaration.steps ?? []).some(
    (step) => (step.do === 'restart' || step.do === 'roll') && isStepOf(step, variant.name),
  );
  return [
    ...(variant.pooler != null && route === 'direct'
      ? [`${place}.pooler is set, but the route of "${variant.name}" is direct: nothing goes through the pooler`]
      : []),
    ...(variant.rollout != null && !replaced
      ? [`${place}.rollout is set, but no step restarts or rolls the service in "${variant.name}"`]
      : []),
  ];
};

const findingsOfVariant = (variant: VariantDeclaration, place: string, scenario: ScenarioDeclaration): Finding[] => [
  ...findingsOfSymptoms(
    variant.symptoms ?? [],
    `${place}.symptoms`,
    scenario.load.phases.map(({ name }) => name),
  ),
  ...findingsOfSymptoms(
    variant.proofs ?? [],
    `${place}.proofs`,
    scenario.load.phases.map(({ name }) => name),
  ),
  ...(variant.expected === 'symptoms' && (variant.symptoms ?? scenario.symptoms ?? []).length === 0
    ? [`${place}.symptoms is missing: "${variant.name}" expects symptoms, and neither it nor the scenario declares any`]
    : []),
  ...findingsOfReference(variant, place, scenario),
  ...findingsOfUnread(variant, place, scenario),
];

/** Proofs that no criterion asks for would be measured and judge nothing. */
const findingsOfProofs = ({ proofs, variants, criteria }: ScenarioDeclaration): Finding[] => {
  const declared = [proofs, ...variants.map((variant) => variant.proofs)].some((some) => (some ?? []).length > 0);
  const asked = [...criteria, ...variants.flatMap((variant) => variant.criteria ?? [])];
  return declared && !asked.some(({ id }) => id === 'proofs')
    ? ['proofs are declared, but no criterion "proofs": nothing would judge them']
    : [];
};

/** What shape alone cannot say, each on one line that names the place. */
export const findingsOf = (scenario: ScenarioDeclaration): Finding[] => {
  const phases = scenario.load.phases.map(({ name }) => name);
  const variants = scenario.variants.map(({ name }) => name);
  const criteria = scenario.criteria.map(({ id }) => id);
  return [
    ...repeated('variants', 'name', variants),
    ...repeated('criteria', 'id', criteria),
    ...findingsOfPhases(scenario.load),
    ...(scenario.steps ?? []).flatMap((step, position) => findingsOfStep(step, `steps[${position}]`, scenario)),
    ...findingsOfSymptoms(scenario.symptoms ?? [], 'symptoms', phases),
    ...findingsOfSymptoms(scenario.proofs ?? [], 'proofs', phases),
    ...findingsOfProofs(scenario),
    ...scenario.variants.flatMap((variant, position) => findingsOfVariant(variant, `variants[${position}]`, scenario)),
    ...incidentFindings(scenario),
    ...(scenario.claims ?? []).flatMap((claim, position) => [
      ...unknownNames(`claims[${position}].variant`, [claim.variant], variants, 'variant of this scenario'),
      ...(claim.relativeTo != null && (claim.measure == null || claim.measure.kind === 'log')
        ? [`claims[${position}].relativeTo needs a measure with a bound of its own: a series or a query`]
        : []),
      ...unknownNames(`claims[${position}].relativeTo`, [claim.relativeTo], variants, 'variant of this scenario'),
    ]),
  ];
};
