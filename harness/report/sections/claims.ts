/** What became of the claims of the source that an incident re-enacts. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import type { ScenarioResult } from '../../result.ts';
import { sectionOf, tableOfAny, words } from './table.ts';

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
