import { sumGauges } from '../grid.ts';
import { seriesOf } from '../observations.ts';
import { cumulativeRate } from '../rates.ts';
import { scaled, track, type TrackMaker } from '../track.ts';

const componentTitles: Readonly<Record<string, string>> = {
  service: 'service',
  pooler: 'pooler',
  database: 'database',
  proxy: 'proxy',
  partner: 'partner',
  front: 'front port',
  load: 'load generator',
  harness: 'harness',
};

const mebibyte = 2 ** 20;

/** CPU and memory of each component. */
export const processes: TrackMaker = (observations, grid) =>
  Object.entries(componentTitles).flatMap(([component, title]) => {
    const cpu = cumulativeRate(seriesOf(observations, 'process.cpu_seconds', { component }), grid);
    const memory = sumGauges(seriesOf(observations, 'process.memory_bytes', { component }), grid, 'max');
    return [
      track(`cpu.${component}`, title, 'cores', cpu),
      track(`memory.${component}`, title, 'MiB', scaled(memory, 1 / mebibyte)),
    ];
  });
