/** A comparison as one page that opens offline, without scripts: the verdict, then what changed, then everything. */
import { plural } from '../../measure/numbers-in-words.ts';
import { html } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { pageOf } from '../../report/pages/page.ts';
import { bannerOf } from '../../report/sections/banner.ts';
import type { Verdict } from '../../result.ts';
import type { Comparison } from '../comparison.ts';
import { verdictText } from '../words.ts';
import { countsSection, criteriaSection, differencesSection, operationsSection } from './change-sections.ts';
import { figuresSection } from './figures-section.ts';
import { timelinesSection } from './timelines-section.ts';

/** The page's colours and shapes are those of verdicts. */
const shapes: Record<Comparison['verdict'], Verdict> = {
  improvement: 'pass',
  same: 'pass',
  regression: 'fail',
  notEnoughData: 'inconclusive',
  inconclusive: 'inconclusive',
};

const words: Record<Comparison['verdict'], string> = {
  improvement: 'Improvement',
  same: 'Same',
  regression: 'Regression',
  notEnoughData: 'Not enough data',
  inconclusive: 'Inconclusive',
};

const forcedNote = ({ unlike }: Comparison): Html | null => {
  if (unlike.length === 0) return null;
  return html`<section class="banner v-warn" aria-label="Warning">
<div class="banner-text">
<p class="sentence">These runs are not alike; they were compared because --force was given.</p>
<ul>${unlike.map((reason) => html`<li>${reason}</li>`)}</ul>
</div>
</section>`;
};

const tallyOf = ({ kind, metrics, gates, criteria }: Comparison): string => {
  if (kind === 'saved') return `${plural(criteria.length, 'criterion', 'criteria')} changed; figures do not gate`;
  const judged = metrics.filter(({ gated }) => gated);
  const regressions = judged.filter(({ verdict }) => verdict === 'regression').length;
  const same = judged.filter(({ verdict }) => verdict === 'same').length;
  return `${regressions} of ${gates.count} gated figures ${verdictText.regression}, ${same} same`;
};

const bannerFor = (comparison: Comparison): Html => {
  const { base, head, verdict, sentence, nextStep, kind } = comparison;
  return bannerOf({
    kicker: kind === 'interleaved' ? 'Two releases, interleaved' : 'Two saved runs',
    title: `${head.name} against ${base.name}`,
    verdict: shapes[verdict],
    word: words[verdict],
    sentence,
    nextStep,
    grade: null,
    gradeRule: null,
    tally: tallyOf(comparison),
  });
};

const contents: [string, string][] = [
  ['criteria', 'Criteria'],
  ['figures', 'Figures'],
  ['charts', 'Charts'],
  ['differences', 'What differs'],
];

/** One self-contained file. The same comparison gives the same page. */
export const comparePage = async (comparison: Comparison): Promise<string> => {
  const { base, head, verdict, schema } = comparison;
  return pageOf({
    title: `${base.name} against ${head.name}: ${words[verdict]} · pgsurge`,
    back: null,
    contents,
    banner: bannerFor(comparison),
    body: [
      forcedNote(comparison),
      criteriaSection(comparison),
      countsSection(comparison),
      figuresSection(comparison),
      operationsSection(comparison),
      await timelinesSection(comparison),
      differencesSection(comparison),
    ],
    footer: `pgsurge comparison, schema ${schema}. Base ${base.id}, head ${head.id}.`,
  });
};
