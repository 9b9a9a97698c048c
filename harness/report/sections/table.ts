/** Plain tables with caption and scopes, for the sections below the story. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export type Cell = Html | string | number | null | undefined;

export interface Column {
  title: string;
  number?: boolean;
}

export interface TableInput {
  caption: string;
  columns: readonly Column[];
  /** The first cell of each row is its heading. */
  rows: readonly (readonly Cell[])[];
}

export const words = (...titles: string[]): Column[] => titles.map((title) => ({ title }));
export const numbers = (...titles: string[]): Column[] => titles.map((title) => ({ title, number: true }));

const kindOf = (column: Column | undefined): Html | null => (column?.number === true ? html` class="number"` : null);

const rowOf = (row: readonly Cell[], columns: readonly Column[]): Html => {
  const [heading, ...cells] = row;
  const others = cells.map((cell, index) => html`<td${kindOf(columns[index + 1])}>${cell}</td>`);
  return html`<tr><th scope="row">${heading}</th>${others}</tr>`;
};

export const tableFrom = ({ caption, columns, rows }: TableInput): Html => {
  const heads = columns.map((column) => html`<th scope="col"${kindOf(column)}>${column.title}</th>`);
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map((row) => rowOf(row, columns))}</tbody>
</table>
</div>`;
};

/** Null where there is no row to show. */
export const tableOfAny = (input: TableInput): Html | null => (input.rows.length === 0 ? null : tableFrom(input));

/** The section, or null where all of its content is null. */
export const sectionOf = (id: string, title: string, ...content: (Html | null)[]): Html | null => {
  if (content.every((part) => part === null)) return null;
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${content}
</section>`;
};
