import type { Ledger } from '../load/ledger.ts';
import { isAskedByUs } from '../measure/own-routes.ts';
import { formatCount } from '../measure/numbers-in-words.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { totalOf } from '../measure/tracks/windows.ts';
import type { CheckResult, ScenarioResult } from '../result.ts';
import { lostWithReplica, sentToNone } from './front-answers.ts';
import type { Disagreement, JudgedEntry } from './criterion.ts';

type Identities = ScenarioResult['identities'];

/** Two counts that must be equal, and by how much they may differ for reasons that are known. */
interface Pair {
  kind: Disagreement['kind'];
  title: string;
  left: number;
  right: number;
  note: string | null;
  /** The right may have so many fewer, and so many more. */
  missing: number;
  surplus: number;
}

const pair = (title: string, left: number, right: number, known: Partial<Pair> = {}): Pair => ({
  kind: 'others',
  title,
  left,
  right,
  note: null,
  missing: 0,
  surplus: 0,
  ...known,
});

const agrees = ({ left, right, missing, surplus }: Pair): boolean => left - right <= missing && right - left <= surplus;

/** A figure that the checkers counted in the database; null where none did. */
const counted = (checks: readonly CheckResult[], name: string): number | null =>
  checks.map(({ counts }) => counts?.[name]).find((count) => count !== undefined) ?? null;

/** Requests that the service answered to k6: its own route histogram without what the harness asked. */
const servedRequests = ({ observations }: JudgedEntry): number | null => {
  const histograms = histogramsOf(observations, 'http.server.request.duration').filter(
    ({ labels }) => !isAskedByUs(labels['http.route']),
  );
  if (histograms.length === 0) return null;
  return histograms.reduce((total, one) => total + one.histograms.reduce((sum, { count }) => sum + count, 0), 0);
};

const answered = ({ observations }: JudgedEntry): number =>
  totalOf(seriesOf(observations, 'http_reqs').filter(({ labels }) => Number(labels['status'] ?? 0) > 0));

const loadIdentities = ({ observations, loadTotals }: JudgedEntry): Pair[] => {
  if (loadTotals === null) return [];
  const requests = totalOf(seriesOf(observations, 'http_reqs'));
  const iterations = totalOf(seriesOf(observations, 'iterations'));
  return [
    pair("requests: k6's own end figure = our receiver's", loadTotals.requests, requests, { kind: 'arrival' }),
    ...(iterations > 0
      ? [
          pair("iterations: k6's own end figure = our receiver's", loadTotals.iterations, iterations, {
            kind: 'arrival',
          }),
        ]
      : []),
  ];
};

/** What a replica had answered and not yet exported, once a second and a little later, is gone with it. */
const lostWithReplicaMs = 2000;

/** Ends that nobody caused, as the supervisor counted them. */
const deathsOf = ({ observations }: JudgedEntry): number =>
  seriesOf(observations, 'service.exits').reduce((total, { values }) => total + Math.max(0, ...values), 0);

const stopsOf = (entry: JudgedEntry): number =>
  entry.steps.filter((step) => ['restart', 'roll'].includes(step.do)).length + entry.faults.length + deathsOf(entry);

/** As many as were answered in the busiest two seconds, for each time that replicas were stopped. */
const goneWithReplicas = (entry: JudgedEntry): number => {
  const stops = stopsOf(entry);
  if (stops === 0) return 0;
  const { series } = entry.observations;
  const requests = series.filter(({ name }) => name === 'http_reqs');
  const perStretch = new Map<number, number>();
  for (const { tMs, values } of requests) {
    tMs.forEach((atMs, index) => {
      const stretch = Math.floor(atMs / lostWithReplicaMs);
      perStretch.set(stretch, (perStretch.get(stretch) ?? 0) + values[index]!);
    });
  }
  return stops * [...perStretch.values()].reduce((most, count) => Math.max(most, count), 0);
};

/** Requests that k6 gave up on, or cut at its end, and that the service answered all the same. */
const givenUp = ({ observations }: JudgedEntry): number => {
  const unanswered = totalOf(seriesOf(observations, 'http_reqs').filter(({ labels }) => labels['status'] === '0'));
  const users = seriesOf(observations, 'vus').map(({ values }) => values.at(-1) ?? 0);
  return unanswered + users.reduce((total, count) => total + count, 0);
};

const stoppedNote = 'replicas were stopped: what they had not yet exported is missing on the right';

const noteOf = (entry: JudgedEntry, alone: number): string | null => {
  const notes = [
    ...(stopsOf(entry) > 0 ? [stoppedNote] : []),
    ...(alone > 0
      ? [`the right holds ${formatCount(alone)} that the front answered itself, sending them to none`]
      : []),
  ];
  return notes.length === 0 ? null : notes.join('; ');
};

/**
 * What the front answered itself it counts: where it sent a request to no replica, none of them has counted it. Where
 * a replica went away in the midst, it may have. A stranger's service may serve others too, and tell of some of its
 * routes only: its count is shown.
 */
const serviceIdentities = (entry: JudgedEntry): Pair[] => {
  const served = servedRequests(entry);
  if (served === null) return [];
  const isTheirs = entry.isForeign === true;
  const alone = isTheirs ? 0 : sentToNone(entry);
  const missing = isTheirs ? Infinity : goneWithReplicas(entry) + lostWithReplica(entry);
  const surplus = isTheirs ? Infinity : givenUp(entry);
  const note = noteOf(entry, alone);
  return [pair('requests answered: k6 = service', answered(entry), served + alone, { note, missing, surplus })];
};

/** Each attempt is a line of the ledger and one of k6's own count. */
const sentIdentities = ({ loadTotals }: JudgedEntry, { attempts }: Ledger): Pair[] =>
  Object.entries(attempts === undefined ? {} : (loadTotals?.writes ?? {})).map(([operation, sent]) =>
    pair(`writes sent (${operation}): k6's own count = ledger`, sent, attempts?.[operation] ?? 0),
  );

const acknowledgedKeys = ({ operations }: Ledger, operation: string): number =>
  new Set(operations.filter((one) => one.operation === operation && one.outcome === 'ok').map(({ key }) => key)).size;

const ledgerIdentities = (ledger: Ledger, checks: readonly CheckResult[]): Pair[] =>
  [
    { operation: 'createJob', name: 'jobs' },
    { operation: 'putNote', name: 'notes' },
  ].flatMap(({ operation, name }) => {
    const present = counted(checks, `acknowledged ${name} present`);
    if (present === null) return [];
    return [pair(`acknowledged ${name}: ledger = rows in the database`, acknowledgedKeys(ledger, operation), present)];
  });

const pairsOf = (entry: JudgedEntry, ledger: Ledger | null): Pair[] => [
  ...loadIdentities(entry),
  ...serviceIdentities(entry),
  ...(ledger === null ? [] : sentIdentities(entry, ledger)),
  ...(ledger === null ? [] : ledgerIdentities(ledger, entry.checks)),
];

/** k6 = service = database, as pairs of counts. */
export const identitiesOf = (entry: JudgedEntry, ledger: Ledger | null): Identities =>
  pairsOf(entry, ledger).map(({ title, left, right, note }) => ({ title, left, right, holds: left === right, note }));

/** Which of them disagree by more than is explained, in words. */
export const disagreementsOf = (entry: JudgedEntry, ledger: Ledger | null): Disagreement[] =>
  pairsOf(entry, ledger)
    .filter((one) => !agrees(one))
    .map(({ kind, title, left, right }) => ({
      kind,
      words: `${title.replace(' = ', ' ≠ ')}: ${formatCount(left)} and ${formatCount(right)}`,
    }));

/** What the client knows of its writes, and how many of the unknown ones turned out to be there. */
export const outcomesOf = (ledger: Ledger | null, checks: readonly CheckResult[]): ScenarioResult['outcomes'] => {
  if (ledger === null) return null;
  const count = (outcome: string): number => ledger.operations.filter((one) => one.outcome === outcome).length;
  return {
    invoked: ledger.operations.length,
    ok: count('ok'),
    fail: count('fail'),
    unknown: count('unknown'),
    recovered: counted(checks, 'recovered'),
  };
};
