/** The frame of every page: one file, no network, nothing runs but our own script, nothing styles but our own sheet. */
import { createHash } from 'node:crypto';
import { html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { script, style } from '../page-assets.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'`;

export interface PageInput {
  title: string;
  /** Link back to the index; null on the index itself. */
  back: string | null;
  /** Section ids and their names for the navigation; those that the page lacks are left out. */
  contents: [string, string][];
  banner: Html;
  body: (Html | null)[];
  footer: string;
}

export const pageOf = ({ title, back, contents, banner, body, footer }: PageInput): string =>
  `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}</title><style>${trusted(style)}</style></head><body>
<a class="skip" href="#content">Skip to the verdict</a>
<header class="masthead"><span class="brand">pgsurge</span>${back === null ? null : html` <a href="${back}">All scenarios of this run</a>`}<nav aria-label="On this page"><ul>${contents.filter(([id]) => body.some((part) => part?.html.includes(` id="${id}"`))).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav></header>
<main id="content" tabindex="-1">${banner}${body}</main>
<footer>${footer}</footer><script>${trusted(script)}</script></body></html>`.html
  }\n`;
