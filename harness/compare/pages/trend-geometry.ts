import type { Geometry } from '../../report/charts/geometry.ts';

/** Wider at the right than other charts: the newest label stands there. */
export const trendGeometry: Geometry = { width: 1040, height: 160, left: 56, right: 44, top: 16, bottom: 24 };
