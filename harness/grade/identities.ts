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

/**
 * k6 = service = database, as pairs of counts. A replica killed in mid-run takes its last half second with it: said in
 * the note.
 */
export const identitiesOf = (judge: JudgedEntry, ledger: Ledger | null): Identities => {
  const identities: Identities = [];
  const requests = totalOf(seriesOf(judge.observations, 'http_reqs'));
  if (judge.loadTotals !== null) {
    identities.push(line("requests: k6's own end figure = our receiver's", judge.loadTotals.requests, requests));
    const iterations = totalOf(seriesOf(judge.observations, 'iterations'));
    if (iterations > 0)
      identities.push(
        line("iterations: k6's own end figure = our receiver's", judge.loadTotals.iterations, iterations),
      );
  }
  const served = servedRequests(judge);
  if (served !== null) {
    const killed = judge.steps.some((step) => step.do !== 'start') || judge.faults.length > 0;
    identities.push(
      line(
        'requests answered: k6 = service',
        answered(judge),
        served,
        killed ? 'replicas were stopped: what they had not yet exported is missing on the right' : null,
      ),
    );
  }
  if (ledger !== null) {
    for (const [operation, name] of [
      ['createJob', 'jobs'],
      ['putNote', 'notes'],
    ] as const) {
      const present = counted(judge.checks, `acknowledged ${name} present`);
      const oks = new Set(
        ledger.operations.filter((one) => one.operation === operation && one.outcome === 'ok').map(({ key }) => key),
      ).size;
      if (present !== null) identities.push(line(`acknowledged ${name}: ledger = rows in the database`, oks, present));
    }
  }
  return identities;
};

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
