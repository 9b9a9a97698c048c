/** What an incident tells: what happened then, why, and what cured it. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import type { ScenarioResult } from '../../result.ts';
import { sectionOf } from './table.ts';

const sourceOf = (seeds: ScenarioResult['seeds']): Html | null =>
  seeds && seeds.length > 0 ? html`<p class="soft">After ${seeds.join(', ')}, re-enacted on node-pg.</p>` : null;

const storyOf = ({ happened, cause, symptom, remedy }: NonNullable<ScenarioResult['story']>): Html => {
  const parts: [string, string][] = [
    ['What happened', happened],
    ['Cause', cause],
    ['Symptom', symptom],
    ['Remedy', remedy],
  ];
  return html`<dl class="tale">${parts.map(([term, text]) => html`<dt>${term}</dt><dd>${withCode(text)}</dd>`)}</dl>`;
};

export const taleSection = ({ story, purpose, seeds }: ScenarioResult): Html | null => {
  if (story) return sectionOf('tale', 'The story', storyOf(story), sourceOf(seeds));
  if (!purpose) return null;
  return sectionOf('tale', 'What this is about', html`<p class="lead">${withCode(purpose)}</p>`, sourceOf(seeds));
};
