/**
 * The diagnosis of a saved run by today's causes: from its samples; of a kept run, whose samples are gone, the saved
 * one.
 */
import { loadSavedObservations } from '../archive/saved-observations.ts';
import { loadCauses } from '../diagnose/load-causes.ts';
import { findingWords, remedyWords } from '../measure/cause-words.ts';
import { formatCountOf } from '../measure/numbers-in-words.ts';
import type { Diagnosis, Finding, RunResult } from '../result.ts';
import { diagnosisOf } from './judge.ts';

export interface DiagnosedEntry {
  entry: string;
  variant: string;
  /** Null where nothing was seen of it. */
  diagnosis: Diagnosis | null;
}

export const diagnoseSaved = async (folder: string, { scenarios, host }: RunResult): Promise<DiagnosedEntry[]> => {
  const causes = await loadCauses();
  const diagnosed: DiagnosedEntry[] = [];
  for (const scenario of scenarios) {
    const { entry, variant } = scenario;
    const observations = await loadSavedObservations(folder, entry);
    const anew = observations === null ? null : diagnosisOf(scenario, observations, { causes, host });
    diagnosed.push({ entry, variant, diagnosis: anew ?? scenario.diagnosis ?? null });
  }
  return diagnosed;
};

const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`);

const shareOf = ({ share }: Finding): string[] =>
  share.requestsFailed === null || share.ofFailed === 0
    ? []
    : [`  share     ${formatCountOf(share.requestsFailed, share.ofFailed)} failed requests`];

/** A consequence needs no remedy of its own. */
const remedyOf = (finding: Finding): string[] => {
  if (finding.consequenceOf !== null) return [];
  const { config } = finding.remedy;
  return [
    `  change    ${remedyWords(finding)}`,
    ...(config == null ? [] : [`            ${config.of}: ${indented(config.lines, '            ')}`]),
    ...finding.falseFriends.map((one) => `  not this  ${one}`),
  ];
};

const seenOf = (text: string, source: string | null | undefined): string =>
  `  seen      ${text.slice(0, 160)}${source == null ? '' : `  (${source})`}`;

const linesOf = (finding: Finding): string[] => [
  `${finding.consequenceOf === null ? '' : '  which led to: '}${finding.title}  [${finding.cause}]`,
  `  ${findingWords(finding)}`,
  ...shareOf(finding),
  ...finding.evidence.slice(0, 5).map(({ text, source }) => seenOf(text, source)),
  ...finding.against.map((one) => `  but       ${one}`),
  ...remedyOf(finding),
];

/** For a terminal. What came from logs and databases is printed without control characters. */
export const diagnosisWords = (entries: readonly DiagnosedEntry[]): string => {
  const blocks = entries.map(({ entry, diagnosis }) => {
    const head = entries.length === 1 ? [] : [`== ${entry}`];
    const findings = diagnosis?.findings.flatMap((finding) => [...linesOf(finding), '']) ?? [
      'nothing was seen of it',
      '',
    ];
    return [...head, ...findings].join('\n');
  });
  // oxlint-disable-next-line no-control-regex
  return `${blocks.join('\n').replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')}`;
};
