/** What all charts of the page share: the part of the time axis that is shown, and the instant under the cross-hair. */
export const state = {
  /** @type {import('./types.d.ts').LiveChart[]} */
  charts: [],
  /** Seconds from the entry's start. */
  view: { from: 0, until: 1 },
  /** Of the longest chart, s. */
  length: 1,
  /** @type {number | null} */
  cursor: null,
};
