/**
 * Older run documents, made readable: one step per schema number, each from its number to the next.
 * A step adds what its successor demands and keeps what it does not know; it never invents a measurement.
 */
import { usageError } from '../errors.ts';
import { schemaName } from '../result.ts';

type Document = Record<string, unknown>;

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Document[] => (Array.isArray(value) ? value.filter(isDocument) : []);

/** Number 0 had one `threshold` a criterion, `unknown` for inconclusive, and the time scale at the top. */
const criterionFrom0 = ({ threshold, ...criterion }: Document): Document => ({
  source: 'ours',
  measuredBy: 'not recorded',
  unit: '1',
  count: 0,
  reason: '',
  ...criterion,
  verdict: criterion.verdict === 'unknown' ? 'inconclusive' : criterion.verdict,
  bounds: isDocument(threshold) ? [{ severity: 'fail', comparator: threshold.comparator, value: threshold.value }] : [],
});

const scenarioFrom0 = (scenario: Document): Document => ({
  title: scenario.name,
  group: 'not recorded',
  variant: 'fixed',
  repeat: 1,
  state: 'finished',
  startedMs: null,
  endedMs: null,
  settings: {},
  stackSettings: {},
  load: { interactivePerSecond: 0, seed: 0 },
  phases: [],
  steps: [],
  faults: [],
  symptoms: [],
  checks: [],
  identities: [],
  errors: [],
  health: [],
  expected: 'pass',
  asExpected: null,
  reason: 'saved before pgsurge.run/1',
  grade: null,
  figures: {},
  ...scenario,
  entry:
    scenario.entry ?? `${String(scenario.name)}.${String(scenario.variant ?? 'fixed')}.${Number(scenario.repeat ?? 1)}`,
  verdict: scenario.verdict === 'unknown' ? 'inconclusive' : scenario.verdict,
  criteria: list(scenario.criteria).map(criterionFrom0),
});

const runFrom0 = ({ timeScale, provider, versions, ...run }: Document): Document => ({
  name: run.id,
  state: 'finished',
  command: 'not recorded',
  seed: 0,
  host: { os: 'not recorded', cpuModel: 'not recorded', cores: 0, memoryBytes: 0, indexBefore: null, indexAfter: null },
  plan: { scenarios: list(run.scenarios).map(({ name }) => name), variant: 'all', repeats: 1 },
  sentence: 'Saved before pgsurge.run/1.',
  nextStep: '',
  ...run,
  schema: 'pgsurge.run/1',
  profile: { name: isDocument(run.profile) ? run.profile.name : run.profile, timeScale },
  stack: { provider, versions: versions ?? {}, settings: {} },
  scenarios: list(run.scenarios).map(scenarioFrom0),
  verdict: run.verdict === 'unknown' ? 'inconclusive' : run.verdict,
});

/** Each step stands under the schema number that it reads. */
const steps: Record<number, (run: Document) => Document> = { 0: runFrom0 };

const newest = Number(schemaName.split('/')[1]);

/** The number in "pgsurge.run/1"; null for what is no run of ours. */
const numberOf = ({ schema }: Document): number | null => {
  const found = typeof schema === 'string' ? /^pgsurge\.run\/(\d{1,4})$/.exec(schema)?.[1] : undefined;
  return found === undefined ? null : Number(found);
};

const stepFrom = (number: number, name: string): ((run: Document) => Document) => {
  const step = steps[number];
  if (step !== undefined) return step;
  throw usageError(
    `${name} has schema ${number}, which this pgsurge cannot read any more: read it with the release that wrote it`,
  );
};

/** A run document of today's number, still unchecked. A usage error for what is not ours, or newer than we are. */
export const migrated = (document: unknown, name: string): Document => {
  const number = isDocument(document) ? numberOf(document) : null;
  if (!isDocument(document) || number === null)
    throw usageError(
      `${name} is not a pgsurge run: it does not say "schema": "${schemaName}"; ` +
        'give a folder that pgsurge run or keep wrote',
    );
  if (number > newest)
    throw usageError(
      `${name} was written by a newer pgsurge (schema ${number}; this one reads up to ${newest}): ` +
        'update pgsurge to read it',
    );
  let run = document;
  for (let from = number; from < newest; from += 1) run = stepFrom(from, name)(run);
  return run;
};
