import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';
import { criterion } from './criteria.ts';
import { runOf } from './run.ts';
import type { Recording } from './run.ts';
import { phase, scenario } from './scenario.ts';
import { serviceObservations } from './service.ts';

const attack = '"><script>document.title="owned"</script><img src=x onerror=alert(1)>';

const criteria: ScenarioResult['criteria'] = [
  criterion('api-p95', 900, {
    count: 20,
    verdict: 'fail',
    title: attack,
    reason: attack,
    nextStep: attack,
    measuredBy: attack,
    evidence: [{ atMs: 3000, untilMs: 9000, text: attack, source: attack }],
  }),
];

const faults: ScenarioResult['faults'] = [
  {
    id: attack,
    title: attack,
    target: attack,
    injectedAtMs: 4000,
    revertedAtMs: 8000,
    bite: 'unknown',
    biteAtTarget: null,
    biteAtService: null,
    revertProved: false,
    message: attack,
  },
];

const entry = (): ScenarioResult =>
  scenario({
    name: `../../${attack}`,
    title: attack,
    variant: attack,
    variantTitle: attack,
    phases: [phase(attack, 'steady', 0, 20, 5)],
    settings: { [attack]: attack },
    stackSettings: { [attack]: attack },
    criteria,
    errors: [{ family: attack, source: attack, count: 1, example: attack }],
    verdict: 'fail',
    asExpected: false,
    reason: attack,
    message: `${attack}</script>`,
    faults,
    steps: [{ do: attack, title: attack, atMs: 5000, endMs: null, ok: false, message: attack }],
    claims: [{ text: attack, seed: attack, measured: attack }],
  });

const observations = (): Observations => {
  const made = serviceObservations({
    seed: 5,
    fromSeconds: 0,
    toSeconds: 20,
    jobs: () => 5,
    trouble: (at) => (at > 8 ? 1 : 0),
  });
  const evil = made.series.map((series) => ({
    ...series,
    labels: { ...series.labels, ...(series.labels.family === undefined ? {} : { family: attack }) },
  }));
  return {
    ...made,
    series: evil,
    logLines: [{ atMs: 4000, component: attack, instance: 0, text: attack }],
    sources: [{ source: attack, ok: false, reason: attack }],
  };
};

/** Every text that comes from outside tries to run. */
export const hostile = (): Recording => {
  return {
    run: runOf([entry()], {
      verdict: 'fail',
      name: attack,
      label: attack,
      sentence: attack,
      nextStep: attack,
      command: attack,
    }),
    observationsOf: async () => observations(),
  };
};
