/** Fewer points for the drawing, without losing a peak. */
import type { DrawnSeries, Drawing } from './drawing.ts';

const drawnPoints = 120;

/** Seconds from the entry's start, of the middle of a grid bucket. */
const middle = (drawing: Drawing, index: number): number => ((index + 0.5) * drawing.grid.stepMs) / 1000;

export interface LinePoint {
  x: number;
  y: number | null;
  s: string;
}

/** Both extremes of each of 60 stretches, in the order in which they came. */
export const linePoints = (drawing: Drawing, line: DrawnSeries): LinePoint[] => {
  const { points } = drawing.grid;
  const at = (index: number): LinePoint => ({ x: middle(drawing, index), y: line.values[index]!, s: line.id });
  const stretches = points <= drawnPoints ? points : drawnPoints / 2;
  return Array.from({ length: stretches }, (_, stretch) => {
    const from = Math.floor((stretch * points) / stretches);
    const until = Math.floor(((stretch + 1) * points) / stretches);
    const [low, high] = extremes(line.values, from, until);
    if (low === null || high === null) return [{ x: middle(drawing, from), y: null, s: line.id }];
    return low === high ? [at(low)] : [at(Math.min(low, high)), at(Math.max(low, high))];
  }).flat();
};

const extremes = (values: Float64Array, from: number, until: number): [number | null, number | null] => {
  let low: number | null = null;
  let high: number | null = null;
  for (let index = from; index < until; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    if (low === null || value < values[low]!) low = index;
    if (high === null || value > values[high]!) high = index;
  }
  return [low, high];
};

export interface StackPoint {
  x: number;
  y0: number | null;
  y1: number | null;
  s: string;
}

/** Of each stretch the moment at which the stack was highest: real values that belong together. */
export const stackPoints = (drawing: Drawing): StackPoint[] => {
  const { points } = drawing.grid;
  const stretches = Math.min(points, drawnPoints);
  const result: StackPoint[] = [];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((stretch * points) / stretches);
    const index = fullest(drawing.stack, from, Math.floor(((stretch + 1) * points) / stretches));
    let below = 0;
    for (const part of drawing.stack) {
      const value = index === null ? NaN : part.values[index]!;
      const height = Number.isNaN(value) ? 0 : value;
      const gap = index === null;
      result.push({
        x: middle(drawing, index ?? from),
        y0: gap ? null : below,
        y1: gap ? null : below + height,
        s: part.id,
      });
      below += height;
    }
  }
  return result;
};

const fullest = (stack: readonly DrawnSeries[], from: number, until: number): number | null => {
  let best: number | null = null;
  let most = -1;
  for (let index = from; index < until; index += 1) {
    const known = stack.filter(({ values }) => !Number.isNaN(values[index]!));
    const total = known.reduce((sum, { values }) => sum + values[index]!, 0);
    if (known.length > 0 && total > most) {
      best = index;
      most = total;
    }
  }
  return best;
};
