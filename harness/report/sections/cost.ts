/** What each variant used, beside what the first used. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import type { Track } from '../../measure/tracks/track.ts';
import type { ScenarioResult } from '../../result.ts';
import { numbers, sectionOf, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

interface Cost {
  title: string;
  unit: string;
  track: string;
  of: 'mean' | 'max';
}

const costs: readonly Cost[] = [
  { title: 'Connections of the app pool, most', unit: '1', track: 'pool.total', of: 'max' },
  { title: 'Server sessions, most', unit: '1', track: 'sessions.total', of: 'max' },
  { title: 'Acquisitions waiting, most', unit: '1', track: 'pool.pending', of: 'max' },
  { title: 'CPU of the service, mean', unit: 'cores', track: 'cpu.service', of: 'mean' },
  { title: 'CPU of the database, mean', unit: 'cores', track: 'cpu.database', of: 'mean' },
  { title: 'Memory of the service, most', unit: 'MiB', track: 'memory.service', of: 'max' },
  { title: 'Memory of the database, most', unit: 'MiB', track: 'memory.database', of: 'max' },
];

/** Null where nothing of it was seen. */
const figureOf = (track: Track | undefined, of: Cost['of']): number | null => {
  const values = track?.values.filter((value) => !Number.isNaN(value));
  if (values === undefined || values.length === 0) return null;
  if (of === 'max') return values.reduce((most, value) => Math.max(most, value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

const difference = (value: number | null, first: number | null): string => {
  if (value === null || first === null || value === first) return '';
  const more = value - first;
  return ` (${more > 0 ? '+' : '−'}${formatNumber(Math.abs(more))})`;
};

const rowOf = ({ title, unit, track, of }: Cost, tracks: readonly ReadonlyMap<string, Track>[]): Cell[] | null => {
  const values = tracks.map((known) => figureOf(known.get(track), of));
  if (values.every((value) => value === null)) return null;
  const [first = null] = values;
  const cells = values.map(
    (value) => html`${formatValue(value, unit)}<span class="soft">${difference(value, first)}</span>`,
  );
  return [title, ...cells];
};

/** One run of each: a difference is shown, not tested. */
export const costSection = (
  scenarios: readonly ScenarioResult[],
  tracks: readonly ReadonlyMap<string, Track>[],
): Html | null =>
  sectionOf(
    'cost',
    'What it costs',
    tableOfAny({
      caption: 'What each variant used, and the difference from the first. Of one run each: shown, not tested',
      columns: [...words('Figure'), ...numbers(...scenarios.map(({ variant }) => variant))],
      rows: costs.map((cost) => rowOf(cost, tracks)).filter((row) => row !== null),
    }),
  );
