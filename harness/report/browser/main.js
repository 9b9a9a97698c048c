/**
 * What the page can do with scripts: values under a cross-hair that stands at the same instant in all charts, and zoom.
 * The page is whole without it. The pieces of this folder become one script within the page (page-assets.ts).
 */
import { point } from './cursor.js';
import { reset, spoken, tip } from './elements.js';
import { followKeyboard } from './keyboard.js';
import { enliven } from './live-chart.js';
import { followPointer } from './pointer.js';
import { csvOf, offerFile } from './saving.js';
import { state } from './state.js';
import { zoomOut } from './zoom.js';

/** @typedef {import('./types.d.ts').PageData} PageData */

/** @param {PageData} data */
const enlivenCharts = (data) => {
  state.charts = data.charts.map(enliven).filter((chart) => chart !== null);
  state.length = state.charts.reduce((most, { seconds }) => Math.max(most, seconds), 1);
  state.view = { from: 0, until: state.length };
  for (const chart of state.charts) {
    followPointer(chart);
    followKeyboard(chart);
  }
};

const placeTools = () => {
  tip.hidden = true;
  reset.hidden = true;
  reset.type = 'button';
  spoken.setAttribute('aria-live', 'polite');
  reset.addEventListener('click', zoomOut);
  document.querySelector('main')?.append(tip, reset, spoken);
};

/** @param {PageData} data */
const offerFiles = (data) => {
  offerFile('Save this page’s data as JSON', 'pgsurge-page.json', 'application/json', () => JSON.stringify(data));
  if (state.charts.length === 0) return;
  offerFile('Save the series of all charts as CSV', 'pgsurge-series.csv', 'text/csv', () => csvOf(data.charts));
};

/** Links to an instant put the cross-hair there. */
const followInstants = () => {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('a[data-at]')))
    link.addEventListener('click', () => point(Number(link.dataset.at)));
};

/** @param {PageData} data */
const start = (data) => {
  enlivenCharts(data);
  placeTools();
  offerFiles(data);
  followInstants();
  document.documentElement.classList.add('js');
};

const packed = document.getElementById('series')?.textContent;
if (packed && typeof DecompressionStream !== 'undefined') {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json().then(start);
}
