import { readdirSync } from 'node:fs';
import type { TrackMaker } from '../../measure/tracks/track.ts';
import type { Chart } from './chart.ts';

const folder = new URL('./kinds/', import.meta.url);

const loadChart = async (file: string): Promise<Chart> => {
  const { chart } = (await import(new URL(file, folder).href)) as { chart?: Chart };
  if (chart === undefined || `${chart.id}.ts` !== file)
    throw new Error(`harness/report/charts/kinds/${file} must export a chart with the id "${file.slice(0, -3)}"`);
  return chart;
};

const lastPlace = 10_000;
const placeOf = ({ place }: Chart): number => place ?? lastPlace;

/** Every chart of the folder, in the order of the story; those that only an incident names stand last. */
export const loadCharts = async (): Promise<Chart[]> => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const charts = await Promise.all(files.map(loadChart));
  return charts.sort((a, b) => placeOf(a) - placeOf(b) || a.id.localeCompare(b.id));
};

/** Makers of the tracks that single charts bring, for whoever makes tracks. */
export const makersOf = (charts: readonly Chart[]): TrackMaker[] => charts.flatMap(({ makers }) => makers ?? []);
