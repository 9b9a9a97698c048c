/**
 * Verdicts by shape as well as colour: tick in a circle, cross in an octagon, mark in a triangle, question in a square
 * (in a diamond it looks like a browser's sign for a broken character), dash.
 */
import { verdictWords } from './format.ts';
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import type { Verdict } from '../result.ts';

const filled = (path: string): string => `<path d="${path}" class="fill"/>`;
const mark = (path: string): string => `<path d="${path}" class="mark"/>`;

const shapes: Record<Verdict, string> = {
  pass: `<circle cx="12" cy="12" r="10.5" class="fill"/>${mark('M7 12.5l3.4 3.4L17 9')}`,
  fail: filled('M7.8 1.5h8.4l6.3 6.3v8.4l-6.3 6.3H7.8l-6.3-6.3V7.8z') + mark('M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6'),
  warn: filled('M12 2.2L23 21.5H1z') + mark('M12 9v5.6M12 17.6v.9'),
  inconclusive:
    '<rect x="2" y="2" width="20" height="20" rx="3.5" class="fill"/>' +
    mark('M8.4 9.2c0-4.6 7.2-4.5 7.2-.3 0 2.7-3.6 2.9-3.6 5.6M12 17.9v.7'),
  notApplicable: '<circle cx="12" cy="12" r="10.5" class="hollow"/><path d="M7.5 12h9" class="dash"/>',
};

export const iconOf = (verdict: Verdict): Html =>
  trusted(
    `<svg class="icon v-${verdict}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` +
      `${shapes[verdict]}</svg>`,
  );

/** The verdict's icon and its word together. */
export const badgeOf = (verdict: Verdict, word: string = verdictWords[verdict]): Html =>
  html`<span class="badge v-${verdict}">${iconOf(verdict)}${word}</span>`;
