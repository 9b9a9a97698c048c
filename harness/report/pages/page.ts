/** The frame of every page: one file, no network, nothing runs but our own script, nothing styles but our own sheet. */
import { createHash } from 'node:crypto';
import { html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { script, style } from '../page-assets.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

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

const headOf = (title: string): Html => html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>`;

const mastheadOf = ({ back, contents, body }: PageInput): Html => {
  const present = contents.filter(([id]) => body.some((part) => part?.html.includes(` id="${id}"`)));
  const links = present.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`);
  const index = back === null ? null : html` <a href="${back}">All scenarios of this run</a>`;
  return html`<header class="masthead"><span class="brand">pgsurge</span>${index}
<nav aria-label="On this page"><ul>${links}</ul></nav>
</header>`;
};

const documentOf = (input: PageInput): Html => html`<html lang="en">
${headOf(input.title)}
<body>
<a class="skip" href="#content">Skip to the verdict</a>
${mastheadOf(input)}
<main id="content" tabindex="-1">${input.banner}${input.body}</main>
<footer>${input.footer}</footer>
<script>${trusted(script)}</script>
</body>
</html>`;

export const pageOf = (input: PageInput): string => `<!doctype html>\n${documentOf(input).html}\n`;
