/** What a finding on the limit of the connections is made of. */
import type { ScenarioResult } from '../result.ts';
import type { Series } from '../measure/tracks/observations.ts';
import { sumAtSamples, type Window } from '../measure/tracks/windows.ts';

export type ConnectionLimit = NonNullable<ScenarioResult['limit']>;

export interface Peak {
  value: number;
  atMs: number;
}

export const peakOf = (series: readonly Series[], windows: readonly Window[]): Peak | null => {
  const { tMs, values } = sumAtSamples(series, windows);
  return values.reduce<Peak | null>(
    (most, value, index) => (most === null || value > most.value ? { value, atMs: tMs[index]! } : most),
    null,
  );
};

export const found = (
  kind: ConnectionLimit['kind'],
  sentence: string,
  atMs: number,
  text: string,
  source: string,
): ConnectionLimit => ({
  kind,
  sentence,
  evidence: [{ atMs, text, source }],
});
