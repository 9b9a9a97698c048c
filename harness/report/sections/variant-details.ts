/**
 * The sections that a page of one entry has too, folded away: their headings a level deeper, their ids of their own, no
 * longer landmarks.
 */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunResult } from '../../result.ts';
import { healthSection, settingsSection } from './conditions.ts';
import type { EntryData } from './entry-data.ts';
import { figuresSection } from './phases.ts';
import { diagnosisSection } from './diagnosis.ts';
import { checksSection, identitiesSection } from './checks.ts';
import { errorsSection } from './errors.ts';
import { faultsSection } from './faults.ts';

const nested = (part: Html, variant: string): Html => {
  const suffix = variant.replace(/[^a-zA-Z0-9-]/g, '-');
  return {
    html: part.html
      .replace(/<(\/?)h2/g, '<$1h3')
      .replace(/ aria-labelledby="[a-z-]+"/g, '')
      .replace(/ id="([a-z-]+)"/g, ` id="$1-of-${suffix}"`),
  };
};

export const variantDetails = (run: RunResult, { scenario, observations }: EntryData, startMs: number): Html => {
  const parts = [
    diagnosisSection(scenario, startMs),
    figuresSection(scenario, observations),
    faultsSection(scenario, observations, startMs),
    checksSection(scenario),
    identitiesSection(scenario),
    errorsSection(scenario, observations, startMs),
    healthSection(scenario, observations),
    settingsSection(run, scenario),
  ].filter((part) => part !== null);
  return html`<details class="variant-details">
<summary>${scenario.variant}: cause, figures, checkers, errors, health, settings</summary>
${parts.map((part) => nested(part, scenario.variant))}
</details>`;
};
