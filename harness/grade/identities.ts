import type { Ledger } from '../load/ledger.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { totalOf } from '../measure/tracks/windows.ts';
import type { CheckResult, ScenarioResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';

type Identities = ScenarioResult['identities'];

const line = (title: string, left: number, right: number, note: string | null = null): Identities[number] => ({
  title,
  left,
  right,
  holds: left === right,
  note,
});

/** A figure that the checkers counted in the database; null where none did. */
const counted = (checks: readonly CheckResult[], name: string): number | null =>
  checks.map(({ counts }) => counts?.[name]).find((count) => count !== undefined) ?? null;

/** Requests that the service answered to k6: its own route histogram without probes of its health. */
const servedRequests = ({ observations }: JudgedEntry): number | null => {
  const histograms = histogramsOf(observations, 'http.server.request.duration').filter(
    ({ labels }) => !/^\/(health|ready)/.test(labels['http.route'] ?? ''),
  );
  if (histograms.length === 0) return null;
  return histograms.reduce((total, one) => total + one.histograms.reduce((sum, { count }) => sum + count, 0), 0);
};

const answered = ({ observations }: JudgedEntry): number =>
  totalOf(seriesOf(observations, 'http_reqs').filter(({ labels }) => Number(labels['status'] ?? 0) > 0));

const loadIdentities = ({ observations, loadTotals }: JudgedEntry): Identities => {
  if (loadTotals === null) return [];
  const requests = totalOf(seriesOf(observations, 'http_reqs'));
  const iterations = totalOf(seriesOf(observations, 'iterations'));
  return [
    line("requests: k6's own end figure = our receiver's", loadTotals.requests, requests),
    ...(iterations > 0
      ? [line("iterations: k6's own end figure = our receiver's", loadTotals.iterations, iterations)]
      : []),
  ];
};

/** A replica killed in mid-run takes its last half second of exports with it: said in the note. */
const serviceIdentities = (entry: JudgedEntry): Identities => {
  const served = servedRequests(entry);
  if (served === null) return [];
  const killed = entry.steps.some((step) => step.do !== 'start') || entry.faults.length > 0;
  const note = killed ? 'replicas were stopped: what they had not yet exported is missing on the right' : null;
  return [line('requests answered: k6 = service', answered(entry), served, note)];
};

const acknowledgedKeys = ({ operations }: Ledger, operation: string): number =>
  new Set(operations.filter((one) => one.operation === operation && one.outcome === 'ok').map(({ key }) => key)).size;

const ledgerIdentities = (ledger: Ledger, checks: readonly CheckResult[]): Identities =>
  [
    { operation: 'createJob', name: 'jobs' },
    { operation: 'putNote', name: 'notes' },
  ].flatMap(({ operation, name }) => {
    const present = counted(checks, `acknowledged ${name} present`);
    if (present === null) return [];
    return [line(`acknowledged ${name}: ledger = rows in the database`, acknowledgedKeys(ledger, operation), present)];
  });

/** k6 = service = database, as pairs of counts. */
export const identitiesOf = (entry: JudgedEntry, ledger: Ledger | null): Identities => [
  ...loadIdentities(entry),
  ...serviceIdentities(entry),
  ...(ledger === null ? [] : ledgerIdentities(ledger, entry.checks)),
];

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
