/**
 * What caused it: each finding with its number, its share of the damage, what speaks for and against it, its remedy.
 */
import { fullWords } from '../../measure/cause-words.ts';
import { formatCountOf, formatNumber, plural } from '../../measure/numbers-in-words.ts';
import type { Finding, ScenarioResult } from '../../result.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { quoteOf } from './evidence.ts';
import { sectionOf } from './table.ts';

const mostEvidence = 6;

/** "42 of 64 failed requests are", "none of 64 failed requests is". */
const failedOf = (failed: number, all: number): string =>
  failed === 0 ? `none of ${plural(all, 'failed request')} is` : `${formatCountOf(failed, all)} failed requests are`;

const shareWords = ({ share }: Finding): string | null => {
  const parts = [
    ...(share.requestsFailed === null || share.ofFailed === 0
      ? []
      : [`${failedOf(share.requestsFailed, share.ofFailed)} put down to it`]),
    ...(share.secondsWaited === null || share.secondsWaited === 0
      ? []
      : [`${formatNumber(share.secondsWaited)} s waited because of it, by all together`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
};

const listOf = (title: string, items: readonly (Html | string)[]): Html | null => {
  if (items.length === 0) return null;
  const rows = items.map((item) => html`<li>${item}</li>`);
  return html`<p class="how"><strong>${title}</strong></p>
<ul class="examples">${rows}</ul>`;
};

const remedyOf = ({ remedy }: Finding): Html => {
  const config =
    remedy.config == null
      ? null
      : html`<pre aria-label="${remedy.config.of}"><code>${remedy.config.lines}</code></pre>`;
  return html`<p><strong>What to change</strong> ${withCode(remedy.sentence)}.</p>${config}`;
};

const share = (words: string | null): Html | null => (words === null ? null : html`<p class="how">${words}.</p>`);

const followsFrom = ({ consequenceOf }: Finding, findings: readonly Finding[]): Html | null => {
  const parent = findings.find(({ cause }) => cause === consequenceOf);
  return parent === undefined ? null : html`<span class="how">follows from: ${parent.title}</span>`;
};

/** A consequence needs no remedy of its own: it goes with its cause. */
const findingPart = (finding: Finding, findings: readonly Finding[], startMs: number): Html => {
  const isConsequence = finding.consequenceOf !== null;
  return html`<div class="finding">
<h3>${finding.title} ${followsFrom(finding, findings)}</h3>
<p class="lead">${withCode(fullWords(finding))}</p>
${share(shareWords(finding))}
${listOf(
  'Seen',
  finding.evidence.slice(0, mostEvidence).map((one) => quoteOf(one, startMs)),
)}
${listOf(finding.cause === 'unknown' ? 'Not seen' : 'Against it, or not seen', finding.against)}
${isConsequence ? null : remedyOf(finding)}
${isConsequence ? null : listOf('What looks like it, and is not', finding.falseFriends)}
</div>`;
};

export const diagnosisSection = ({ diagnosis }: ScenarioResult, startMs: number): Html | null => {
  const findings = diagnosis?.findings ?? [];
  if (findings.length === 0) return null;
  return sectionOf(
    'diagnosis',
    'What caused it',
    html`${findings.map((finding) => findingPart(finding, findings, startMs))}`,
  );
};
