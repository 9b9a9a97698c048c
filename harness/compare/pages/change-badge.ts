import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { iconOf } from '../../report/icons.ts';
import type { Verdict } from '../../result.ts';
import type { ChangeVerdict } from '../comparison.ts';
import { verdictText } from '../words.ts';

const shapes: Record<ChangeVerdict, Verdict> = {
  improvement: 'pass',
  same: 'notApplicable',
  regression: 'fail',
  notEnoughData: 'inconclusive',
};

/** Icon and word of a change. */
export const changeBadge = (verdict: ChangeVerdict): Html =>
  html`<span class="badge v-${shapes[verdict]}">${iconOf(shapes[verdict])}${verdictText[verdict]}</span>`;
