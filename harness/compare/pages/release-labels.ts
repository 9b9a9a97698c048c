import { plotSize } from '../../report/charts/geometry.ts';
import type { HistoryRun } from '../history.ts';
import { trendGeometry } from './trend-geometry.ts';

export interface ReleaseLabel {
  run: number;
  text: string;
}

const mostLetters = 16;
const widthOf = ({ text }: ReleaseLabel): number => text.length * 6.2 + 8;

/** A nightly's label, which repeats its date, says nothing that the axis does not. */
const labelOf = (run: number, { label, startedAt }: HistoryRun): ReleaseLabel[] =>
  label === null || label.includes(startedAt.slice(0, 10)) ? [] : [{ run, text: label.slice(0, mostLetters) }];

/** Those that are drawn: the newest first, as far as they do not touch. */
export const shownLabels = (points: readonly { run: number }[], runs: readonly HistoryRun[]): ReleaseLabel[] => {
  const perRun = plotSize(trendGeometry).width / Math.max(1, runs.length);
  const labels = points.toReversed().flatMap(({ run }) => labelOf(run, runs[run]!));
  const shown: ReleaseLabel[] = [];
  for (const label of labels) {
    const next = shown.at(-1);
    const room = next === undefined ? Infinity : (next.run - label.run) * perRun;
    if (next === undefined || room >= (widthOf(label) + widthOf(next)) / 2) shown.push(label);
  }
  return shown;
};
