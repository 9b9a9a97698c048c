/** What an incident tells: what happened then, why, and what cured it. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import type { ScenarioResult } from '../../result.ts';
import { sectionOf } from './table.ts';

/** The documents that scenarios come from, by their own titles (docs/glossary.md tells more of each). */
const documents: Readonly<Record<string, string>> = {
  '000': 'Connection Scaling Hotfix – Follow-up Plan',
  '001': 'Recommendations and Next Steps',
  '002': 'Database Connection Scaling Strategy',
  '003': 'Database Connection Pool Too Small for Production',
  '004': 'Complete Pool Exhaustion Fix – Three Bugs',
};

const documentOf = (seed: string): string => {
  const title = documents[seed];
  return title === undefined ? `seed ${seed}` : `“${title}” (seed ${seed})`;
};

const sourceOf = (seeds: ScenarioResult['seeds']): Html | null => {
  if (!seeds || seeds.length === 0) return null;
  const which = seeds.length === 1 ? 'the document' : 'the documents';
  return html`<p class="soft">From ${which} ${seeds.map(documentOf).join(', ')}, re-enacted on node-pg.</p>`;
};

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
