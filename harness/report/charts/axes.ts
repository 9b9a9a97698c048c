/** Axes as every drawing of ours has them, in Vega-Lite. */
import { variable } from './layers.ts';

/** An invisible mark that carries both axes, so that every other layer can do without. */
export const bothAxes = (x: object, y: object): object => ({
  data: { values: [{}] },
  mark: { type: 'point', opacity: 0 },
  encoding: { x: { type: 'quantitative', ...x }, y: { type: 'quantitative', ...y } },
});

export const axisConfig = {
  labelColor: variable('ink-soft'),
  tickColor: variable('rule'),
  domainColor: variable('rule'),
  gridColor: variable('rule-soft'),
  labelFont: 'inherit',
  labelFontSize: 11,
  title: null,
};
