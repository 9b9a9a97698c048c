/** Which variants there were, what differs between them, and what came of each. */
import { expectationWord, expectedVerdict, letterOf } from '../format.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { ScenarioResult } from '../../result.ts';
import { numbers, sectionOf, tableFrom, words } from './table.ts';
import type { Cell } from './table.ts';

type Settings = ScenarioResult['settings'];

const differing = (list: readonly Settings[]): string[] =>
  [...new Set(list.flatMap((settings) => Object.keys(settings)))]
    .filter((name) => new Set(list.map((settings) => settings[name])).size > 1)
    .sort();

/** Equal for entries that were under the same load. */
const loadOf = ({ load: { interactivePerSecond, seed }, phases }: ScenarioResult): Settings => ({
  rate: interactivePerSecond,
  seed,
  phases: JSON.stringify(
    phases.map(({ name, endMs, startMs, activeJobs }) => [name, Math.round(endMs - startMs), activeJobs]),
  ),
});

const mostNamed = 4;

const namesOf = (changed: readonly string[]): string => {
  const more = changed.length > mostNamed ? ` and ${changed.length - mostNamed} more` : '';
  return `${changed.slice(0, mostNamed).join(', ')}${more}`;
};

/** What the variants have in common, as they were run: a reference variant may have another route or more replicas. */
const sharedBy = (scenarios: readonly ScenarioResult[]): string => {
  const changed = differing(scenarios.map(({ stackSettings }) => stackSettings));
  const sameLoad = differing(scenarios.map(loadOf)).length === 0;
  const load = sameLoad ? 'Same load and seed' : 'Not the same load in all';
  const environment =
    changed.length === 0 ? 'same stack, route and replicas' : `same stack but for ${namesOf(changed)}`;
  return `${load}; ${environment}; what differs stands below.`;
};

const demands = { pass: 'meets its criteria', symptoms: 'shows its symptoms' } as const;

const variantRow = (scenario: ScenarioResult): Cell[] => {
  const { variant, variantTitle, expected, message, reason, note } = scenario;
  const remark = note ? html`<span class="how">${withCode(note)}</span>` : null;
  return [
    html`${variant}<span class="how">${variantTitle ?? ''}</span>`,
    demands[expected],
    badgeOf(expectedVerdict(scenario), expectationWord(scenario)),
    letterOf(scenario),
    html`${withCode(message ?? reason)}${remark}`,
  ];
};

export const variantsSection = (scenarios: readonly ScenarioResult[]): Html | null =>
  sectionOf(
    'variants',
    'The variants',
    tableFrom({
      caption: `${sharedBy(scenarios)} What was expected of each, and what came`,
      columns: [...words('Variant', 'Expected: it', 'As expected'), ...numbers('Grade'), ...words('What came')],
      rows: scenarios.map(variantRow),
    }),
  );

/** Marked where it is not as in the first. */
const settingCell = (value: Settings[string] | undefined, first: Settings[string] | undefined): Html => {
  const mark = value === first ? null : html` class="changed"`;
  return html`<code${mark}>${value === undefined ? '–' : String(value)}</code>`;
};

const differingRows = (kind: string, list: readonly Settings[]): Cell[][] =>
  differing(list).map((name) => [
    html`<code>${name}</code><span class="how">${kind}</span>`,
    ...list.map((settings) => settingCell(settings[name], list[0]?.[name])),
  ]);

/** Empty where nothing differs: then the variants cannot explain a difference, and the page says so. */
export const differencesSection = (scenarios: readonly ScenarioResult[]): Html | null => {
  const rows = [
    ...differingRows(
      'service',
      scenarios.map(({ settings }) => settings),
    ),
    ...differingRows(
      'stack',
      scenarios.map(({ stackSettings }) => stackSettings),
    ),
  ];
  if (rows.length === 0)
    return sectionOf('differences', 'What differs', html`<p>No setting differs between the variants.</p>`);
  const caption =
    'Settings that are not the same in all variants; everything else is. Marked: different from the first';
  const columns = words('Setting', ...scenarios.map(({ variant }) => variant));
  return sectionOf('differences', 'What differs', tableFrom({ caption, columns, rows }));
};
