/** What limits a service's connections, and what became of the claims of the source that an incident re-enacts. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import type { ScenarioResult } from '../../result.ts';
import { quoteOf } from './evidence.ts';
import { sectionOf, tableOfAny, words } from './table.ts';

const mostEvidence = 5;

/** For a service of the user's own: which of its limits it meets first. */
export const limitSection = ({ limit }: ScenarioResult, startMs: number): Html | null => {
  if (!limit) return null;
  const items = limit.evidence.slice(0, mostEvidence).map((one) => html`<li>${quoteOf(one, startMs)}</li>`);
  return sectionOf(
    'limit',
    'What limits its connections',
    html`<p class="lead">${withCode(limit.sentence)}</p><ul class="examples">${items}</ul>`,
  );
};

type Claims = NonNullable<ScenarioResult['claims']>;

const measuredCell = ({ measured, note }: Claims[number]): Html =>
  html`${withCode(measured)}${note ? html`<p class="why">${withCode(note)}</p>` : null}`;

export const claimsSection = (claims: Claims | null | undefined): Html | null =>
  sectionOf(
    'claims',
    'What the source said, and what was measured',
    tableOfAny({
      caption: 'Claims never gate: they may be refuted',
      columns: words('Claim', 'Source', 'Measured here'),
      rows: (claims ?? []).map((claim) => [claim.text, claim.seed, measuredCell(claim)]),
    }),
  );
