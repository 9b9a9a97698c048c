/** docs/incidents.md, from what the incidents declare of themselves. */
import type { ScenarioDeclaration, StepDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { markdownCell } from '../measure/markdown-table.ts';

const row = (...cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string[] => [
  row(...head),
  `|${head.map(() => '---').join('|')}|`,
  ...rows,
  '',
];

const intro: readonly string[] = [
  '# Incidents',
  '',
  'Made from `scenarios/incidents/` by `node harness/profile/write-incidents-document.ts`; a test holds this file to ' +
    'them. One incident is one file, and the folder is the list.',
  '',
  '`pgsurge run incidents` shows each failure by its real cause, in seconds, and then the fix holding. ' +
    '`pgsurge run thundering-herd --variant fixed` runs one variant; `pgsurge run incidents --part 2/3` runs one ' +
    'part of three, shared out by expected seconds, each incident whole.',
  '',
  'An incident is **as expected** when `broken` shows all its symptoms and `fixed` meets its criteria and shows its ' +
    'proofs. A symptom is a text in a log, a series or a share or a quantile that reaches a bound, or a query with ' +
    'its answer; one at least is no claim. A cause in force whose symptom stays away is `not-reproduced`. Anything ' +
    'that is not as expected ends with exit code 1, and the page says which half and why.',
  '',
  '`broken` and `fixed` differ in what they set of the system under test, each field by itself: `service`, ' +
    '`pooler`, `roles`, `route` and `rollout`. Environment, load and seed are the same. A step of one alone may be ' +
    "the fix (a role's limit raised live); a fault hits both. A declaration that breaks this is refused with one " +
    "line, and so is a setting that nothing reads (a pooler's on the direct route, a rollout where no step replaces " +
    'a replica). Further variants each have an expectation of their own; those that change the environment are ' +
    'references and prove no fix.',
  '',
  'What a seed says stands beside what was measured, on the page of the run, and decides nothing. Where a sentence ' +
    'of a seed does not hold and it is known why, the reason stands here too.',
  '',
];

const howToAdd: readonly string[] = [
  '## Add one',
  '',
  'One file. Copy one of these, change the story, what the variants set, the symptoms and the criteria. What a ' +
    'declaration may say is in `scenarios/lib/declaration.ts`:',
  '',
  ...table(
    ['field of a variant', 'sets', 'is laid over'],
    [
      row(
        '`service`',
        'settings of the service (`service/settings.ts`, `service/defects.ts`)',
        '`environment.service`',
      ),
      row(
        '`pooler`',
        "mode, pool sizes, limits and time limits of each pooler, in PgBouncer's words",
        '`environment.pooler`',
      ),
      row('`roles`', 'connection limits of the roles `app` and `listen`', '`environment.roles`'),
      row('`route`', '`pooler` or `direct`', '`environment.route`'),
      row(
        '`rollout`',
        'how steps `restart` and `roll` replace the replicas: `at-once`, `one-by-one`, or `canary` (one first, ' +
          "watched for the step's `watch` by the alert bounds, and undone where one of them is broken for its time)",
        "the step's own way: `restart` all at once, `roll` one by one",
      ),
      row(
        '`reference`',
        'anything of the environment, and the load; such a variant proves no fix',
        'the environment and the load',
      ),
      row('`diagnosis`', 'nothing: the cause that must be named for it, and what must not', '–'),
    ],
  ),
  '`keyCharts` names the charts (`harness/report/charts/kinds/`) that explain the incident: its page draws them ' +
    "first. Times of symptoms (`withinSeconds`, `fromSeconds`) count from the service's start. A phase's `clients` " +
    'ask for reports whose query takes as long as is said, so that how many connections a load needs is known.',
  '',
  'A defect that the reference service does not have yet is a setting with the name that the field uses, which ' +
    "acts by its real mechanism. `npm run test:full` then runs the new file's broken and fixed variants, and once " +
    'more with what they set swapped, when neither may come out as declared.',
  '',
  '`npx node scripts/series.ts --times 20 NAME` runs a series and prints every attempt.',
  '',
];

const storyOf = ({ story }: ScenarioDeclaration): string[] =>
  story == null
    ? []
    : table(
        ['', ''],
        [
          row('what happened', story.happened),
          row('cause', story.cause),
          row('symptom', story.symptom),
          row('remedy', story.remedy),
        ],
      );

const stepWords = ({
  do: what,
  settings,
  sql,
  pooler,
  downSeconds,
  fault,
  times,
  variants,
}: StepDeclaration): string => {
  const set = settings == null ? '' : ` with ${JSON.stringify(settings)}`;
  const which = what === 'restart-pooler' ? ` ${pooler ?? 0}, down for ${downSeconds ?? 0} s` : '';
  const often = (times ?? 1) > 1 ? `, ${times} times` : '';
  const whom = variants == null ? '' : ` (${variants.join(', ')})`;
  return `${what}${which}${sql == null ? '' : ` \`${sql}\``}${fault == null ? '' : ` ${fault}`}${set}${often}${whom}`;
};

const stepsOf = ({ steps }: ScenarioDeclaration): string[] =>
  steps == null || steps.length === 0
    ? []
    : ['While it runs, in this order:', '', ...steps.map((step) => `1. ${stepWords(step)}`), ''];

const shownBy = (variant: VariantDeclaration, { symptoms, proofs }: ScenarioDeclaration): string => {
  if (variant.expected === 'symptoms') return (variant.symptoms ?? symptoms ?? []).map(({ title }) => title).join('; ');
  const shown = (variant.proofs ?? proofs ?? []).map(({ title }) => title).join('; ');
  return shown === '' ? 'its criteria are met' : `its criteria are met; ${shown}`;
};

const causeOf = ({ diagnosis }: VariantDeclaration): string => (diagnosis == null ? '–' : `\`${diagnosis.cause}\``);

const variantsOf = (declaration: ScenarioDeclaration): string[] =>
  table(
    ['variant', 'what it is', 'must show', 'cause to be named', 'note'],
    declaration.variants.map((variant) =>
      row(`\`${variant.name}\``, variant.title, shownBy(variant, declaration), causeOf(variant), variant.note ?? ''),
    ),
  );

const claimsOf = ({ claims }: ScenarioDeclaration): string[] =>
  claims == null || claims.length === 0
    ? []
    : table(
        ['the seed says', 'seed', 'where it does not hold, why'],
        claims.map(({ text, seed, refuted }) => row(text, seed, refuted ?? '')),
      );

const incident = (declaration: ScenarioDeclaration): string[] => [
  `## ${declaration.id} (seed ${declaration.seeds.join(', ')})`,
  '',
  declaration.purpose,
  '',
  ...storyOf(declaration),
  ...stepsOf(declaration),
  ...variantsOf(declaration),
  ...claimsOf(declaration),
];

export const incidentsDocument = (declarations: readonly ScenarioDeclaration[]): string =>
  [...intro, ...declarations.flatMap(incident), ...howToAdd].join('\n');
