import { element } from './elements.js';

/** @typedef {import('./types.d.ts').Chart} Chart */

/** A name that a spreadsheet would run as a formula is text. @param {string} value */
const csvCell = (value) => `"${value.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`;

/** @param {Chart} chart */
const csvRows = ({ id, unit, step, lines, stack }) =>
  [...lines, ...stack].flatMap(({ title, values }) =>
    values.flatMap((value, index) => {
      if (value === null) return [];
      return [[csvCell(id), csvCell(title), csvCell(unit), (index + 0.5) * step, value].join(',')];
    }),
  );

/** One row per value: what a spreadsheet or a script of the reader's own needs. @param {Chart[]} charts */
export const csvOf = (charts) => `chart,series,unit,second,value\n${charts.flatMap(csvRows).join('\n')}\n`;

/** @param {string} words @param {string} name @param {string} type @param {() => string} textOf */
export const offerFile = (words, name, type, textOf) => {
  const button = /** @type {HTMLButtonElement} */ (element('button', 'save', words));
  button.type = 'button';
  button.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([textOf()], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  document.getElementById('provenance')?.append(button);
};
