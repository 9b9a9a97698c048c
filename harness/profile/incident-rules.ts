/** What makes a scenario an incident: the failure by its cause and the fix beside it, under the same conditions. */
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';

type Finding = string;

const differs = (a: VariantDeclaration, b: VariantDeclaration): boolean =>
  [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])].some(
    (name) => a.settings[name] !== b.settings[name],
  );

const pairFindings = (
  { variants, steps }: ScenarioDeclaration,
  broken: VariantDeclaration,
  fixed: VariantDeclaration,
): Finding[] => [
  ...(broken.expected === 'symptoms' ? [] : ['variants: "broken" must expect symptoms']),
  ...(fixed.expected === 'pass' ? [] : ['variants: "fixed" must expect pass']),
  ...(differs(broken, fixed) ? [] : ['variants: "broken" and "fixed" have the same settings: what was fixed?']),
  ...variants
    .filter((variant) => (variant === broken || variant === fixed) && variant.reference != null)
    .map(
      ({ name }) => `variants: "${name}" changes the environment: only further variants may, since they prove no fix`,
    ),
  ...(steps ?? []).flatMap(({ variants: only }, position) =>
    only != null && only.includes('broken') !== only.includes('fixed')
      ? [`steps[${position}].variants names only one of broken and fixed: they must go through the same`]
      : [],
  ),
];

/** When an entry ends everything falls to zero: a lowest value with no end in time says that and nothing else. */
const endlessFindings = ({ symptoms, variants, claims }: ScenarioDeclaration): Finding[] => {
  const observed = [
    ...[...(symptoms ?? []), ...variants.flatMap((variant) => variant.symptoms ?? [])].map(({ id, observe }) => ({
      place: `symptom "${id}"`,
      observe,
    })),
    ...(claims ?? []).map(({ measure }, position) => ({ place: `claims[${position}]`, observe: measure ?? null })),
  ];
  return observed
    .filter(
      ({ observe }) =>
        observe?.kind === 'series' &&
        observe.statistic === 'min' &&
        observe.phase == null &&
        observe.withinSeconds == null,
    )
    .map(({ place }) => `${place}: a min needs an end, phase or withinSeconds, else the end of the entry decides it`);
};

const proofFindings = ({ symptoms, criteria, story }: ScenarioDeclaration, broken: VariantDeclaration): Finding[] => {
  const gating = (broken.symptoms ?? symptoms ?? []).filter(({ tag }) => tag !== 'claim');
  return [
    ...(story == null
      ? ['story is missing: an incident tells what happened, its cause, its symptom and the remedy']
      : []),
    ...(gating.some(({ observe }) => observe.kind === 'log') ? [] : ['symptoms: none is an exact text in a log']),
    ...(gating.some(({ observe }) => observe.kind !== 'log')
      ? []
      : ['symptoms: none is a metric, as a series or counted in the database']),
    ...(criteria.some(({ notApplicable }) => notApplicable == null)
      ? []
      : ['criteria: none is applicable, so nothing would judge the fix']),
  ];
};

/** Empty for scenarios of other groups. */
export const incidentFindings = (scenario: ScenarioDeclaration): Finding[] => {
  if (scenario.group !== 'incidents') return [];
  const [broken, fixed] = ['broken', 'fixed'].map((wanted) => scenario.variants.find(({ name }) => name === wanted));
  if (broken === undefined || fixed === undefined) return ['variants: an incident has at least "broken" and "fixed"'];
  return [...pairFindings(scenario, broken, fixed), ...proofFindings(scenario, broken), ...endlessFindings(scenario)];
};
