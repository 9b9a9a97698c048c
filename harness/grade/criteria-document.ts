import { figures } from '../measure/figures.ts';
import { alertBounds } from './alert-bounds.ts';
import type { Criterion } from './criterion.ts';
import { boundWords } from '../measure/bounds.ts';
import { markdownCell } from '../measure/markdown-table.ts';
import { leastHoleMs } from './coverage/holes.ts';
import { graceMs, lastWordMs } from './coverage/silences.ts';
import { fewestForP95 } from './histogram-pile.ts';
import { gradeRule } from './letter.ts';
import { fewestObservations } from './worst-window.ts';

const boundsOf = ({ bounds, unit, scaled, demand }: Criterion): string => {
  const numbers = bounds
    .map((bound) => `${boundWords(bound, unit)}${bound.severity === 'warn' ? ' (warns)' : ''}`)
    .join(', ');
  const byProfile = scaled === undefined ? '' : `divided by the profile's factor, never below ${scaled.floor} ${unit}`;
  return [numbers, byProfile, demand ?? ''].filter((words) => words !== '').join('; ') || '–';
};

const idCell = ({ id, always, suitsReferenceOnly }: Criterion): string =>
  `\`${id}\`${always === true ? ' ∀' : ''}${suitsReferenceOnly === true ? ' ◦' : ''}`;

const verdictRules: readonly string[] = [
  `- **Windows.** Warm-up is cut from every judgement. Under load are the phases \`steady\`, \`burst\` ` +
    `and \`recovery\`. What must never happen (a timed-out acquisition) counts before and after the ` +
    'load, too.',
  '- **Sustained** is ten samples of 1 s in a row: the value is the highest level that ten in a row ' +
    'reached. A phase of some seconds has fewer; then all of its samples are the row, which can only be ' +
    'stricter. Fewer than five are inconclusive.',
  '- **The worst stretch.** A latency and a share of failures are judged over the whole, and over their ' +
    'worst stretch by the same bound; both are shown. A stretch lasts as long as the bound says (60 s where ' +
    'it says nothing), divided by the time scale, and ten seconds at least; where it holds fewer than ' +
    `${fewestObservations} observations it reaches back until it has them. It slides by one second and never over ` +
    'what is not judged. A load that is shorter than a stretch is judged as a whole only.',
  '- **Jobs** of 2x and 5x are compared with `baseline` of the same run, by jobs per active-job-minute ' +
    'of the steady phases, with an interval by what both counts can tell (users that do one job after ' +
    'the other: the count varies as the jobs’ durations do, and by where each user was at the edges). ' +
    'All of it below the bound fails; all of it above is met; on both sides of it is not known. A run in ' +
    'which not even two equal rates could be told from the bound (every smoke run) leaves the jobs out ' +
    'and says so, unless they are clearly fewer. So does a row that is run alone, and a burst. Requests ' +
    'are judged in each of them.',
  `- **Percentiles** come from merged histograms. A p95 of interactive requests needs ${fewestObservations} ` +
    `observations, as a stretch does, any other one ${fewestForP95}: of fewer, not even all below the bound would ` +
    'say with 95 % confidence that 95 % of all are. A request that failed ' +
    'counts as slower than all others, so failing fast never looks quick; a refused one (429) is ' +
    'judged apart.',
  '- **How a request came out** is decided by one rule: 2xx and 3xx are done, 429 is refused, every other ' +
    'status and no answer at all failed, unless the script says what it expects ' +
    '(`http.setResponseCallback(http.expectedStatuses(…))`); what is expected and neither 2xx nor 3xx is ' +
    'told apart. Where a script has no warm-up, failures of its first five seconds alone are a warning: the ' +
    'same start must not fail a short run and pass a long one.',
  "- **The script's own judgement counts**: checks that failed, thresholds that broke or had no sample, " +
    'exceptions, an end before its time, each with k6’s own words. A check may fail where the script sets ' +
    'a threshold on checks that is kept.',
  '- **CPU** is judged by demand: what a component used, divided by the share of the offered work that was ' +
    'done in the same seconds (interactive requests by their rate; jobs by the rate of the baseline of the ' +
    'same run, and where that cannot be told by whether pending tasks or the time from due to started ' +
    'grew). Used alone over the bound fails, since what was not done would only add to it. Demand within ' +
    'the bound passes where the work was done, however long it waited for a core: waiting makes answers ' +
    'late, which other criteria judge, and is shown as a note. Only work that was not done leaves it unknown.',
  '- **Unknown is never a pass.** Each criterion says what it must have seen (`sees`): which sources, every ' +
    'instance of them, over the time that it judges. Where samples are missing there, at the start, in the middle ' +
    'or at the end, where an instance never spoke, or where a source was lost, it is inconclusive and names the ' +
    'hole. What was seen may fail it, but for criteria to which silence itself looks like the failure. A silence ' +
    `is a hole from three of the source's own intervals on, at least ${leastHoleMs / 1000} s. A part that a step or ` +
    `fault stops may be silent from ${lastWordMs / 1000} s before until ${graceMs / 1000} s after it. An export that ` +
    'could not be read is missing, however many are read after it: what needs the service’s figures of that time is ' +
    'inconclusive. Too few samples, a criterion or checker that broke: inconclusive, too.',
  '- **Evidence comes first.** Counts that must be equal and are not, beyond what stopped replicas explain and the ' +
    'front before them counted as its own answers, sources ' +
    'that were lost, and a silence of pooler or host under load, on which reasons and findings stand, leave the ' +
    'whole entry inconclusive at best (`evidence`). So does a script that sends no HTTP request and has neither ' +
    'check nor threshold: nothing says how the service did.',
  "- **Somebody else's service.** Where nobody declared a bound for it, the bounds marked ◦ only warn, and say how " +
    'to declare one: they are levels of ours. Facts still fail: nobody was ever answered, requests failed while ' +
    'nobody was, all connections that the database gives out were taken, more than a budget that was declared was ' +
    'used.',
  '- **The worst wins**: fail, then inconclusive, then warn, then pass. `notApplicable` is shown and never counted.',
  '- **A variant that must show symptoms** is as expected when each of them is seen (claims never ' +
    `gate). One that is not seen is \`not-reproduced\`, which fails; its own failing criteria are what ` +
    'it is there for.',
  `- **The letter.** ${gradeRule}`,
];

/** docs/criteria.md, whole: a test holds the file to it. */
export const criteriaDocument = (criteria: readonly Criterion[]): string =>
  [
    '# Criteria',
    '',
    `Made from \`harness/grade/criteria/\` by \`node harness/grade/write-criteria-document.ts\`; a test ` +
      "holds this file to them. One criterion is one file; its id is the file's name. To add one, add the " +
      'file.',
    '',
    'A criterion is judged in every scenario of the matrix, and of every service of somebody else’s, as far as what ' +
      'it needs was given. Elsewhere it is judged where the scenario declares it, or where it always holds (marked ' +
      '∀). A scenario may declare a bound of its own, or that a criterion does not apply, with the reason that the ' +
      'report shows.',
    '',
    '| criterion | what is measured | bound | from |',
    '|---|---|---|---|',
    ...criteria.map(
      (criterion) =>
        `| ${idCell(criterion)} | ${markdownCell(criterion.title)} | ` +
        `${markdownCell(boundsOf(criterion))} | ${markdownCell(criterion.source)} |`,
    ),
    '',
    'The order is that of causes: where several fail, the first one here is named first, since the ' +
      'others mostly follow from it.',
    '',
    '## How a verdict comes about',
    '',
    ...verdictRules,
    '',
    '## Alert bounds',
    '',
    'One file, `harness/grade/alert-bounds.json`, for criteria, report and Prometheus rules.',
    '',
    '| bound | must be | for | from | criterion |',
    '|---|---|---|---|---|',
    ...alertBounds.map(
      (bound) =>
        `| ${markdownCell(bound.title)} | ${boundWords(bound, bound.unit)} | ` +
        `${bound.forSeconds === 0 ? 'at once' : `${bound.forSeconds} s`} | ${bound.source} | ` +
        `${bound.criterion === null ? '–' : `\`${bound.criterion}\``} |`,
    ),
    '',
    '## Figures kept for comparison',
    '',
    'What each entry keeps for compare and history (`harness/measure/figures.ts`); null where it was not measured.',
    '',
    '| figure | what it is | unit | better |',
    '|---|---|---|---|',
    ...figures.map(({ id, title, unit, better }) => `| \`${id}\` | ${title} | ${unit} | ${better} |`),
    '',
  ].join('\n');
