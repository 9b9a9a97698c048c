import { loadFolder } from '../../own-modules.ts';
import type { TrackMaker } from '../../measure/tracks/track.ts';
import type { Chart } from './chart.ts';

const folder = new URL('./kinds/', import.meta.url);

const lastPlace = 10_000;
const placeOf = ({ place }: Chart): number => place ?? lastPlace;

/** Every chart of the folder, in the order of the story; those that only an incident names stand last. */
export const loadCharts = async (): Promise<Chart[]> => {
  const charts = await loadFolder<Chart>(folder, 'chart');
  return charts.sort((a, b) => placeOf(a) - placeOf(b) || a.id.localeCompare(b.id));
};

/** Makers of the tracks that single charts bring, for whoever makes tracks. */
export const makersOf = (charts: readonly Chart[]): TrackMaker[] => charts.flatMap(({ makers }) => makers ?? []);
