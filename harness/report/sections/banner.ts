/** The head of every page: the verdict, its sentence, what to do next. */
import { verdictWords } from '../format.ts';
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { iconOf } from '../icons.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import type { CriterionResult, GrowthAnswer, Verdict } from '../../result.ts';

export interface BannerInput {
  kicker: string;
  title: string;
  verdict: Verdict;
  /** Replaces the verdict's word ("As expected"). */
  word?: string;
  sentence: string;
  nextStep: string | null;
  /** How far the load may grow, where the run has rows of the matrix. */
  growth?: GrowthAnswer | null;
  grade: string | null;
  gradeRule: string | null;
  tally: string;
}

const tallyWords: [Verdict, (count: number) => string][] = [
  ['fail', (count) => `${count} failed`],
  ['inconclusive', (count) => `${count} inconclusive`],
  ['warn', (count) => plural(count, 'warning')],
  ['pass', (count) => `${count} met`],
  ['notApplicable', (count) => `${count} not applicable`],
];

type Judged = Pick<CriterionResult, 'verdict' | 'waiver'>;

const isWaived = ({ waiver }: Judged): boolean => waiver?.state === 'accepted';

/** Failures that a waiver accepts. */
export const waivedCount = (criteria: readonly Judged[]): number => criteria.filter(isWaived).length;

/** "3 failed, 1 warning, 10 met, 2 not applicable". */
export const tallyOf = (criteria: readonly Judged[]): string => {
  const waived = waivedCount(criteria);
  const others = criteria.filter((one) => !isWaived(one));
  const said = tallyWords.flatMap(([verdict, inWords]) => {
    const count = others.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [inWords(count)];
  });
  if (waived > 0) said.unshift(`${waived} waived`);
  return said.length === 0 ? 'no criterion was judged' : `Criteria: ${said.join(', ')}`;
};

/** The sentence does not say again what stands above it. */
const withoutVerdict = (sentence: string, word: string): string => {
  const begins = sentence.toLowerCase().startsWith(`${word.toLowerCase()}: `);
  const rest = begins ? sentence.slice(word.length + 2) : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
};

const nextStep = (text: string | null): Html | null =>
  text ? html`<p class="next"><strong>What to do next</strong> ${withCode(text)}</p>` : null;

const growthWords = (growth: GrowthAnswer | null): Html | null =>
  growth === null
    ? null
    : html`<p class="next growth"><strong>Room to grow</strong> ${growth.sentence}
<a href="#growth">How that is told</a></p>`;

const letter = (grade: string | null, rule: string | null): Html | null => {
  if (grade === null) return null;
  const how = rule === null ? null : html`<details><summary>How it is graded</summary><p>${rule}</p></details>`;
  return html`<div class="grade"><p class="letter" aria-label="Grade ${grade}">${grade}</p>${how}</div>`;
};

export const bannerOf = (input: BannerInput): Html => {
  const word = input.word ?? verdictWords[input.verdict];
  const verdict = html`<span class="verdict-word">${iconOf(input.verdict)}${word}</span>`;
  return html`<section class="banner v-${input.verdict}" aria-labelledby="verdict">
<div class="banner-text">
<p class="kicker">${input.kicker}</p>
<h1 id="verdict">${verdict} <span class="subject">${input.title}</span></h1>
<p class="sentence">${withCode(withoutVerdict(input.sentence, word))}</p>
${growthWords(input.growth ?? null)}
${nextStep(input.nextStep)}
<p class="tally">${input.tally}</p>
</div>
${letter(input.grade, input.gradeRule)}
</section>`;
};
