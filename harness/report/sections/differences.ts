/** In what the variants of a scenario differ, each setting by the part of the system that it belongs to. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { PhaseResult, ScenarioResult } from '../../result.ts';
import { sectionOf, tableFrom, words } from './table.ts';
import type { Cell } from './table.ts';

type Settings = ScenarioResult['settings'];
type Scenarios = readonly ScenarioResult[];

/** Names of settings that are not the same in all. */
const differing = (list: readonly Settings[]): string[] =>
  [...new Set(list.flatMap((settings) => Object.keys(settings)))]
    .filter((name) => new Set(list.map((settings) => settings[name])).size > 1)
    .sort();

/** Which part a setting of the stack belongs to; the first that fits. */
const parts: [RegExp, string][] = [
  [/^route$/, 'route'],
  [/^rollout$/, 'rollout'],
  [/^(pooler[A-Z.]|pgbouncer\.)/, 'pooler'],
  [/^(role|listenRole)ConnectionLimit$/, 'roles'],
];

const partOf = (name: string): string => parts.find(([pattern]) => pattern.test(name))?.[1] ?? 'environment';

const clientsInWords = ({ clients }: PhaseResult): string =>
  clients == null ? '' : ` and ${clients.count} clients of ${clients.holdMs} ms, resting ${clients.restSeconds ?? 0} s`;

/** Jobs and clients of each phase, as text: "start-up 7 s 0, steady 8 s 5–10". */
const phasesInWords = ({ phases }: ScenarioResult): string =>
  phases
    .map((phase) => {
      const { name, startMs, endMs, activeJobs } = phase;
      const jobs = Array.isArray(activeJobs) ? activeJobs.join('–') : String(activeJobs);
      return `${name} ${Math.round((endMs - startMs) / 1000)} s ${jobs}${clientsInWords(phase)}`;
    })
    .join(', ');

const loadOf = (scenario: ScenarioResult): Settings => ({
  interactivePerSecond: scenario.load.interactivePerSecond,
  activeJobs: phasesInWords(scenario),
});

const loadAndSeedOf = (scenario: ScenarioResult): Settings => ({ ...loadOf(scenario), seed: scenario.load.seed });

const mostNamed = 4;

const environmentInWords = (changed: readonly string[]): string => {
  if (changed.length === 0) return 'same stack, route and replicas';
  const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : '';
  return `same stack but for ${changed.slice(0, mostNamed).join(', ')}${more}`;
};

/** What the variants have in common, as they were run. */
export const sharedInWords = (scenarios: Scenarios): string => {
  const sameLoad = differing(scenarios.map(loadAndSeedOf)).length === 0;
  const load = sameLoad ? 'Same load and seed' : 'Not the same load in all';
  const changed = differing(scenarios.map(({ stackSettings }) => stackSettings));
  return `${load}; ${environmentInWords(changed)}; what differs stands below.`;
};

const cellOf = (value: Settings[string] | undefined, first: Settings[string] | undefined): Html => {
  const text = value === undefined ? '–' : String(value);
  return value === first ? html`<code>${text}</code>` : html`<code class="changed">${text}</code>`;
};

interface Group {
  /** Part of the system by the name of a setting. */
  partOf(name: string): string;
  settings: Settings[];
}

const rowsOf = ({ partOf: part, settings: list }: Group): { part: string; cells: Cell[] }[] =>
  differing(list).map((name) => ({
    part: part(name),
    cells: [
      html`<code>${name}</code><span class="how">${part(name)}</span>`,
      ...list.map((settings) => cellOf(settings[name], list[0]?.[name])),
    ],
  }));

const order = ['service', 'pooler', 'roles', 'route', 'rollout', 'environment', 'load'];

const stepTitles = ({ steps }: ScenarioResult): string => JSON.stringify([...new Set(steps.map(({ title }) => title))]);

/** Where the variants differ in nothing, they cannot explain a difference, and the page says so. */
const nothingDiffers = (scenarios: Scenarios): Html =>
  new Set(scenarios.map(stepTitles)).size > 1
    ? html`<p>No setting differs between the variants; what was done to each stands below.</p>`
    : html`<p>No setting differs between the variants.</p>`;

export const differencesSection = (scenarios: Scenarios): Html | null => {
  const groups: Group[] = [
    { partOf: () => 'service', settings: scenarios.map(({ settings }) => settings) },
    { partOf, settings: scenarios.map(({ stackSettings }) => stackSettings) },
    { partOf: () => 'load', settings: scenarios.map(loadOf) },
  ];
  const rows = groups.flatMap(rowsOf).toSorted((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
  return sectionOf(
    'differences',
    'What differs',
    rows.length === 0
      ? nothingDiffers(scenarios)
      : tableFrom({
          caption:
            'Settings that are not the same in all variants; everything else is. Marked: different from the first',
          columns: words('Setting', ...scenarios.map(({ variant }) => variant)),
          rows: rows.map(({ cells }) => cells),
        }),
  );
};
