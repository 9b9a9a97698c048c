import { connectionMeasures } from './connections.ts';
import { coreMeasures } from './cores.ts';
import type { GrowthMeasure } from './measure.ts';
import { timeMeasures } from './times.ts';

/** All that is followed through the rows, in the order in which a reader meets it. */
export const growthMeasures: readonly GrowthMeasure[] = [...timeMeasures, ...connectionMeasures, ...coreMeasures];

export const growthMeasureOf = (id: string): GrowthMeasure | null =>
  growthMeasures.find((measure) => measure.id === id) ?? null;
