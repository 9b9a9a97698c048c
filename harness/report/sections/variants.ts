/** What differs between variants, and what came of it. */
import { expectedVerdict } from '../format.ts';
import { formatCount, formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { ScenarioResult } from '../../result.ts';
import type { Track } from '../../measure/tracks/track.ts';
import { byImportance } from './importance.ts';
import { sectionOf, tableFrom } from './table.ts';

const expectedWords = { pass: 'meets its criteria', symptoms: 'shows its symptoms' } as const;

export const taleSection = ({ story, purpose, seeds }: ScenarioResult): Html | null => {
  const source =
    seeds && seeds.length > 0 ? html`<p class="soft">After ${seeds.join(', ')}, re-enacted on node-pg.</p>` : null;
  if (!story)
    return purpose
      ? sectionOf('tale', 'What this is about', html`<p class="lead">${withCode(purpose)}</p>`, source)
      : null;
  const parts: [string, string][] = [
    ['What happened', story.happened],
    ['Cause', story.cause],
    ['Symptom', story.symptom],
    ['Remedy', story.remedy],
  ];
  return sectionOf(
    'tale',
    'The story',
    html`<dl class="tale">${parts.map(([term, text]) => html`<dt>${term}</dt><dd>${withCode(text)}</dd>`)}</dl>`,
    source,
  );
};

type Settings = ScenarioResult['settings'];

const differing = (list: readonly Settings[]): string[] =>
  [...new Set(list.flatMap((settings) => Object.keys(settings)))]
    .filter((name) => new Set(list.map((settings) => settings[name])).size > 1)
    .sort();

/** What the variants have in common, as they were run: a reference variant may have another route or more replicas. */
const sharedBy = (scenarios: readonly ScenarioResult[]): string => {
  const changed = differing(scenarios.map(({ stackSettings }) => stackSettings));
  const load = differing(
    scenarios.map(({ load: { interactivePerSecond, seed }, phases }) => ({
      rate: interactivePerSecond,
      seed,
      phases: JSON.stringify(
        phases.map(({ name, endMs, startMs, activeJobs }) => [name, Math.round(endMs - startMs), activeJobs]),
      ),
    })),
  );
  const same = load.length === 0 ? 'Same load and seed' : 'Not the same load in all';
  const environment =
    changed.length === 0
      ? 'same stack, route and replicas'
      : `same stack but for ${changed.slice(0, 4).join(', ')}${changed.length > 4 ? ` and ${changed.length - 4} more` : ''}`;
  return `${same}; ${environment}; what differs stands below.`;
};

const asExpectedWord = ({ asExpected }: ScenarioResult): string => {
  if (asExpected === null) return 'unknown';
  return asExpected ? 'yes' : 'no';
};

export const variantsSection = (scenarios: readonly ScenarioResult[]): Html | null =>
  sectionOf(
    'variants',
    'The variants',
    tableFrom({
      caption: `${sharedBy(scenarios)} What was expected of each, and what came`,
      columns: [
        { title: 'Variant' },
        { title: 'Expected: it' },
        { title: 'As expected' },
        { title: 'Grade', number: true },
        { title: 'What came' },
      ],
      rows: scenarios.map((scenario) => [
        html`${scenario.variant}<span class="how">${scenario.variantTitle ?? ''}</span>`,
        expectedWords[scenario.expected],
        badgeOf(expectedVerdict(scenario), asExpectedWord(scenario)),
        scenario.expected === 'symptoms' ? '–' : (scenario.grade ?? '–'),
        html`${withCode(scenario.message ?? scenario.reason)}${scenario.note ? html`<span class="how">${withCode(scenario.note)}</span>` : null}`,
      ]),
    }),
  );

/** Empty where nothing differs: then the variants cannot explain a difference, and the page says so. */
export const differencesSection = (scenarios: readonly ScenarioResult[]): Html | null => {
  const kinds: [string, Settings[]][] = [
    ['service', scenarios.map(({ settings }) => settings)],
    ['stack', scenarios.map(({ stackSettings }) => stackSettings)],
  ];
  const rows = kinds.flatMap(([kind, list]) =>
    differing(list).map((name) => [
      html`<code>${name}</code><span class="how">${kind}</span>`,
      ...list.map((settings) => {
        const value = settings[name] === undefined ? '–' : String(settings[name]);
        return html`<code${settings[name] === list[0]?.[name] ? null : html` class="changed"`}>${value}</code>`;
      }),
    ]),
  );
  return sectionOf(
    'differences',
    'What differs',
    rows.length === 0
      ? html`<p>No setting differs between the variants.</p>`
      : tableFrom({
          caption:
            'Settings that are not the same in all variants; everything else is. Marked: different from the first',
          columns: [{ title: 'Setting' }, ...scenarios.map(({ variant }) => ({ title: variant }))],
          rows,
        }),
  );
};

export const criteriaByVariant = (scenarios: readonly ScenarioResult[]): Html | null => {
  const all = new Map(
    scenarios
      .flatMap(({ criteria }) => byImportance(criteria))
      .filter(({ verdict }) => verdict !== 'notApplicable')
      .map((criterion) => [criterion.id, criterion]),
  );
  return sectionOf(
    'criteria',
    'Criteria',
    all.size === 0
      ? null
      : tableFrom({
          caption:
            'Value and verdict in each variant. A variant that must show symptoms may fail criteria: that is the point of it',
          columns: [{ title: 'Criterion' }, ...scenarios.map(({ variant }) => ({ title: variant }))],
          rows: [...all.values()].map((known) => [
            html`${known.title}<span class="how">${known.measuredBy}</span>`,
            ...scenarios.map(({ criteria }) => {
              const criterion = criteria.find(({ id }) => id === known.id);
              if (criterion === undefined) return '–';
              const share =
                criterion.numerator == null
                  ? null
                  : html`<span class="how">${formatCount(criterion.numerator)} of ${formatCount(criterion.count)}</span>`;
              return html`${badgeOf(criterion.verdict)} ${criterion.verdict === 'notApplicable' ? null : formatValue(criterion.value, criterion.unit)}${share}`;
            }),
          ]),
        }),
  );
};

interface Cost {
  title: string;
  unit: string;
  track: string;
  of: 'mean' | 'max';
}

const costs: Cost[] = [
  { title: 'Connections of the app pool, most', unit: '1', track: 'pool.total', of: 'max' },
  { title: 'Server sessions, most', unit: '1', track: 'sessions.total', of: 'max' },
  { title: 'Acquisitions waiting, most', unit: '1', track: 'pool.pending', of: 'max' },
  { title: 'CPU of the service, mean', unit: 'cores', track: 'cpu.service', of: 'mean' },
  { title: 'CPU of the database, mean', unit: 'cores', track: 'cpu.database', of: 'mean' },
  { title: 'Memory of the service, most', unit: 'MiB', track: 'memory.service', of: 'max' },
  { title: 'Memory of the database, most', unit: 'MiB', track: 'memory.database', of: 'max' },
];

const figureOf = (track: Track | undefined, of: Cost['of']): number | null => {
  const values = track?.values.filter((value) => !Number.isNaN(value));
  if (values === undefined || values.length === 0) return null;
  return of === 'max'
    ? values.reduce((most, value) => Math.max(most, value))
    : values.reduce((sum, value) => sum + value, 0) / values.length;
};

const difference = (value: number | null, first: number | null): string => {
  if (value === null || first === null || value === first) return '';
  const by = value - first;
  return ` (${by > 0 ? '+' : '−'}${formatNumber(Math.abs(by))})`;
};

/** One run of each: a difference is shown, not tested. */
export const costSection = (
  scenarios: readonly ScenarioResult[],
  tracks: readonly ReadonlyMap<string, Track>[],
): Html | null => {
  const rows = costs
    .map(({ title, unit, track, of }) => ({
      title,
      unit,
      values: tracks.map((known) => figureOf(known.get(track), of)),
    }))
    .filter(({ values }) => values.some((value) => value !== null));
  return sectionOf(
    'cost',
    'What it costs',
    rows.length === 0
      ? null
      : tableFrom({
          caption: 'What each variant used, and the difference from the first. Of one run each: shown, not tested',
          columns: [{ title: 'Figure' }, ...scenarios.map(({ variant }) => ({ title: variant, number: true }))],
          rows: rows.map(({ title, unit, values }) => [
            title,
            ...values.map(
              (value, index) =>
                html`${formatValue(value, unit)}<span class="soft">${index === 0 ? '' : difference(value, values[0] ?? null)}</span>`,
            ),
          ]),
        }),
  );
};
