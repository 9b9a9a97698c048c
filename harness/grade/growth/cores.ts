/** CPU: of each part against its budget, and of the whole host. */
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { GrowthMeasure } from './measure.ts';
import { meanIn, rateIn } from './seen.ts';

/** cpu-headroom asks that half of a budget be left. */
const shareOfBudget = 0.5;

const cpuOf = (component: string, causeRank: number): GrowthMeasure => ({
  id: `cpu-${component}`,
  title: `CPU of the ${component}`,
  unit: 'cores',
  causeRank,
  standsBusyHost: true,
  meaning: (limit) => `the ${component} spends half of its budget of ${formatNumber(limit ?? NaN)} cores`,
  valueIn: (entry, stretch) => rateIn(entry, 'process.cpu_seconds', stretch, { component }),
  limitIn: ({ budgets }) => budgets[component]?.cores ?? null,
  levelOf: (limit) => (limit === null ? null : limit * shareOfBudget),
});

/** Only shown: others work on it too, and a row on a host that is spent is left out (`host.ts`). */
const host: GrowthMeasure = {
  id: 'cpu-host',
  title: 'CPU of the host',
  unit: '%',
  causeRank: 0,
  standsBusyHost: true,
  meaning: () => '',
  valueIn: (entry, stretch) => {
    const idle = meanIn(entry, 'host.cpu_idle_share', stretch);
    return idle === null ? null : 100 * (1 - idle);
  },
  limitIn: () => 100,
  levelOf: () => null,
};

export const coreMeasures: readonly GrowthMeasure[] = [
  host,
  cpuOf('database', 0.1),
  cpuOf('service', 0.2),
  cpuOf('pooler', 0.3),
];
