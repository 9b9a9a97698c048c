import { verdictWords } from '../format.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { iconOf } from '../icons.ts';
import type { CriterionResult, Verdict } from '../../result.ts';

export interface BannerInput {
  kicker: string;
  title: string;
  verdict: Verdict;
  /** Replaces the verdict's word ("As expected"). */
  word?: string;
  sentence: string;
  nextStep: string | null;
  grade: string | null;
  gradeRule: string | null;
  tally: string;
}

/** "3 failed, 1 warning, 10 met, 2 not applicable". */
export const tallyOf = (criteria: readonly Pick<CriterionResult, 'verdict'>[]): string => {
  const of = (verdict: Verdict): number => criteria.filter((one) => one.verdict === verdict).length;
  const parts: [number, string][] = [
    [of('fail'), `${of('fail')} failed`],
    [of('inconclusive'), `${of('inconclusive')} inconclusive`],
    [of('warn'), plural(of('warn'), 'warning')],
    [of('pass'), `${of('pass')} met`],
    [of('notApplicable'), `${of('notApplicable')} not applicable`],
  ];
  const said = parts
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(', ');
  return said === '' ? 'no criterion was judged' : `Criteria: ${said}`;
};

/** The sentence does not say again what stands above it. */
const withoutVerdict = (sentence: string, word: string): string => {
  const rest = sentence.toLowerCase().startsWith(`${word.toLowerCase()}: `)
    ? sentence.slice(word.length + 2)
    : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
};

export const bannerOf = (
  input: BannerInput,
): Html => html`<section class="banner v-${input.verdict}" aria-labelledby="verdict">
<div class="banner-text"><p class="kicker">${input.kicker}</p><h1 id="verdict"><span class="verdict-word">${iconOf(input.verdict)}${input.word ?? verdictWords[input.verdict]}</span> <span class="subject">${input.title}</span></h1>
<p class="sentence">${withCode(withoutVerdict(input.sentence, input.word ?? verdictWords[input.verdict]))}</p>
${input.nextStep === null || input.nextStep === '' ? null : html`<p class="next"><strong>What to do next</strong> ${withCode(input.nextStep)}</p>`}
<p class="tally">${input.tally}</p></div>
${input.grade === null ? null : html`<div class="grade"><p class="letter" aria-label="Grade ${input.grade}">${input.grade}</p>${input.gradeRule === null ? null : html`<details><summary>How it is graded</summary><p>${input.gradeRule}</p></details>`}</div>`}
</section>`;
