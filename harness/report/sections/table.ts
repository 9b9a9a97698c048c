/** Plain tables with caption and scopes, for the sections below the story. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export type Cell = Html | string | number | null | undefined;

export interface TableInput {
  caption: string;
  columns: { title: string; number?: boolean }[];
  /** The first cell of each row is its heading. */
  rows: readonly (readonly Cell[])[];
}

export const tableFrom = ({
  caption,
  columns,
  rows,
}: TableInput): Html => html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${columns.map(({ title, number }) => html`<th scope="col"${number === true ? html` class="number"` : null}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(
  (row) =>
    html`<tr>${row.map((cell, index) =>
      index === 0
        ? html`<th scope="row">${cell}</th>`
        : html`<td${columns[index]?.number === true ? html` class="number"` : null}>${cell}</td>`,
    )}</tr>`,
)}</tbody></table></div>`;

export const sectionOf = (id: string, title: string, ...content: (Html | null)[]): Html | null =>
  content.every((part) => part === null)
    ? null
    : html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>${content}</section>`;
