/** junit.xml: a suite per entry, a case per criterion and symptom, so that CI lists and links them. */
import { decidingBound, formatBound } from '../measure/bounds.ts';
import { formatValue } from '../measure/numbers-in-words.ts';
import { escapeText } from './html.ts';
import type { RunResult, ScenarioResult, SymptomResult } from '../result.ts';

interface Case {
  name: string;
  failure?: string;
  skipped?: string;
}

const symptomCase = ({ id, observed, title }: SymptomResult): Case => {
  const name = `symptom ${id}`;
  if (observed === true) return { name };
  return observed === null
    ? { name, skipped: `could not be seen: ${title}` }
    : { name, failure: `not reproduced: ${title}` };
};

const expectedCase = ({ asExpected, reason }: ScenarioResult): Case => {
  const name = 'as expected';
  if (asExpected === false) return { name, failure: reason };
  return asExpected === null ? { name, skipped: reason } : { name };
};

/** A broken variant is judged by its symptoms: its criteria are expected to fail and are not listed; nor are symptoms where none is expected. */
const casesOf = (scenario: ScenarioResult): Case[] => {
  const criteria =
    scenario.expected === 'symptoms'
      ? []
      : scenario.criteria.map((criterion): Case => {
          const bound = decidingBound(criterion);
          const measured = `${formatValue(criterion.value, criterion.unit)}${bound === undefined ? '' : `, bound ${formatBound(bound, criterion.unit)}`}: ${criterion.reason}`;
          const name = `criterion ${criterion.id}`;
          if (criterion.verdict === 'fail') return { name, failure: measured };
          return criterion.verdict === 'inconclusive' || criterion.verdict === 'notApplicable'
            ? { name, skipped: `${criterion.verdict}: ${criterion.reason}` }
            : { name };
        });
  const symptoms = scenario.symptoms
    .filter(({ tag }) => scenario.expected === 'symptoms' && tag !== 'claim')
    .map(symptomCase);
  return [...criteria, ...symptoms, expectedCase(scenario)];
};

const caseXml = (suite: string, { name, failure, skipped }: Case): string => {
  const head = `    <testcase classname="${escapeText(suite)}" name="${escapeText(name)}"`;
  if (failure !== undefined) return `${head}><failure message="${escapeText(failure)}"/></testcase>`;
  return skipped === undefined ? `${head}/>` : `${head}><skipped message="${escapeText(skipped)}"/></testcase>`;
};

const suiteXml = (scenario: ScenarioResult): string => {
  const cases = casesOf(scenario);
  const seconds = ((scenario.endedMs ?? scenario.startedMs ?? 0) - (scenario.startedMs ?? 0)) / 1000;
  const of = (kind: 'failure' | 'skipped'): number => cases.filter((one) => one[kind] !== undefined).length;
  return [
    `  <testsuite name="${escapeText(scenario.entry)}" tests="${cases.length}" failures="${of('failure')}" skipped="${of('skipped')}" time="${seconds.toFixed(3)}">`,
    ...cases.map((one) => caseXml(scenario.entry, one)),
    '  </testsuite>',
  ].join('\n');
};

export const junitOf = (run: RunResult): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pgsurge ${escapeText(run.name)}">\n${run.scenarios.map(suiteXml).join('\n')}\n</testsuites>\n`;
