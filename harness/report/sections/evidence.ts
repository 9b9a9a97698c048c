/** A saying of a source, quoted, with who said it and when. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { formatDuration } from '../../measure/numbers-in-words.ts';
import type { SymptomResult } from '../../result.ts';

type Evidence = SymptomResult['evidence'][number];

/** The instant as a time from the start, and never before it. */
export const instantOf = (atMs: number | null, startMs: number): string =>
  atMs === null ? '–' : formatDuration(Math.max(0, atMs - startMs));

export const quoteOf = ({ atMs, text, source }: Evidence, startMs: number): Html => {
  const when = typeof atMs === 'number' ? ` at ${instantOf(atMs, startMs)}` : '';
  return html`<q class="quote">${text}</q> <span class="soft">${source ?? ''}${when}</span>`;
};
