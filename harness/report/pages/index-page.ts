/** The index of a run with several scenarios: the verdict of all, and one row each. */
import { plural } from '../../measure/numbers-in-words.ts';
import { bannerOf, waivedCount } from '../sections/banner.ts';
import { provenanceSection } from '../sections/conditions.ts';
import { growthSection } from '../sections/growth.ts';
import { gridSection, matrixSection } from '../sections/matrix.ts';
import { waiversSection } from '../sections/waivers.ts';
import type { Html } from '../html.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { footerOf } from './page-context.ts';
import { pageOf } from './page.ts';

const kickerOf = ({ startedAt, profile, stack, label }: RunResult): string =>
  [startedAt.slice(0, 10), `profile ${profile.name}`, `${stack.provider} stack`, ...(label ? [label] : [])].join(' · ');

const waivedWords = ({ scenarios }: RunResult): string => {
  const waived = waivedCount(scenarios.flatMap(({ criteria }) => criteria));
  return waived === 0 ? '' : `, ${plural(waived, 'failure')} waived`;
};

const bannerFor = (run: RunResult): Html => {
  const expected = run.scenarios.filter(({ asExpected }) => asExpected === true).length;
  return bannerOf({
    kicker: kickerOf(run),
    title: run.name,
    verdict: run.verdict,
    sentence: run.sentence,
    nextStep: run.nextStep,
    growth: run.growth ?? null,
    grade: null,
    gradeRule: null,
    tally: `${expected} of ${plural(run.scenarios.length, 'entry', 'entries')} as expected${waivedWords(run)}`,
  });
};

export const indexPage = async (run: RunResult, pathOf: (scenario: ScenarioResult) => string): Promise<string> =>
  pageOf({
    title: `${run.name}: ${run.verdict} · pgsurge`,
    back: null,
    contents: [
      ['scenarios', 'Scenarios'],
      ['growth', 'Growth'],
      ['provenance', 'Provenance'],
    ],
    banner: bannerFor(run),
    footer: footerOf(run),
    body: [
      matrixSection(run.scenarios, pathOf),
      await growthSection(run),
      gridSection(run.scenarios),
      waiversSection(run, run.scenarios),
      provenanceSection(run, null),
    ],
  });
