/** junit.xml: a suite per entry, a case per criterion and symptom, so that CI lists and links them. */
import { decidingBound, formatBound } from '../measure/bounds.ts';
import { formatValue } from '../measure/numbers-in-words.ts';
import { escapeText } from './html.ts';
import type { CriterionResult, RunResult, ScenarioResult, SymptomResult } from '../result.ts';

interface Case {
  name: string;
  failure?: string;
  skipped?: string;
}

const measuredText = (criterion: CriterionResult): string => {
  const bound = decidingBound(criterion);
  const against = bound === undefined ? '' : `, bound ${formatBound(bound, criterion.unit)}`;
  return `${formatValue(criterion.value, criterion.unit)}${against}: ${criterion.reason}`;
};

const criterionCase = (criterion: CriterionResult): Case => {
  const { id, verdict, reason } = criterion;
  const name = `criterion ${id}`;
  if (verdict === 'fail') return { name, failure: measuredText(criterion) };
  if (criterion.waiver?.state === 'accepted') return { name, skipped: measuredText(criterion) };
  const wasJudged = verdict !== 'inconclusive' && verdict !== 'notApplicable';
  return wasJudged ? { name } : { name, skipped: `${verdict}: ${reason}` };
};

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

/**
 * A broken variant is judged by its symptoms: its criteria are expected to fail and are not listed; nor are symptoms
 * where none is expected. Claims never gate.
 */
const casesOf = (scenario: ScenarioResult): Case[] => {
  const judged =
    scenario.expected === 'symptoms'
      ? scenario.symptoms.filter(({ tag }) => tag !== 'claim').map(symptomCase)
      : scenario.criteria.map(criterionCase);
  return [...judged, expectedCase(scenario)];
};

/** ` name="value"` each, escaped. */
const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeText(String(value))}"`)
    .join('');

const caseXml = (suite: string, { name, failure, skipped }: Case): string => {
  const head = `    <testcase${attributes({ classname: suite, name })}`;
  if (failure !== undefined) return `${head}><failure${attributes({ message: failure })}/></testcase>`;
  return skipped === undefined ? `${head}/>` : `${head}><skipped${attributes({ message: skipped })}/></testcase>`;
};

const suiteXml = (scenario: ScenarioResult): string => {
  const { entry, startedMs, endedMs } = scenario;
  const cases = casesOf(scenario);
  const lengthMs = (endedMs ?? startedMs ?? 0) - (startedMs ?? 0);
  const head = attributes({
    name: entry,
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: (lengthMs / 1000).toFixed(3),
  });
  return [`  <testsuite${head}>`, ...cases.map((one) => caseXml(entry, one)), '  </testsuite>'].join('\n');
};

export const junitOf = ({ name, scenarios }: RunResult): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `pgsurge ${name}` })}>`,
    ...scenarios.map(suiteXml),
    '</testsuites>',
    '',
  ].join('\n');
