import type { Bound, CriterionResult } from '../../result.ts';

const below = (value: number, comparator: Bound['comparator'] = '<'): Bound[] => [{ severity: 'fail', comparator, value }];

type Known = Pick<CriterionResult, 'title' | 'source' | 'measuredBy' | 'unit' | 'bounds' | 'chart'>;
const known: Record<string, Known> = {
  'lost-data': { title: 'No acknowledged write is lost', source: '001', measuredBy: 'ledger against database, after the settle gate', unit: 'writes', bounds: below(0, '='), chart: null },
  'corrupt-data': { title: 'No invariant is violated', source: '001', measuredBy: 'checkers, after the settle gate', unit: 'violations', bounds: below(0, '='), chart: null },
  'transaction-errors': { title: 'Transactions succeed', source: '001', measuredBy: 'failed of all, BEGIN to COMMIT seen by the service, without warm-up', unit: 'share', bounds: below(0.01), chart: 'errors' },
  'burst-recovery': { title: 'The burst is over soon', source: '001', measuredBy: 'end of burst to last transaction ≥ 1 s', unit: 's', bounds: below(600, '<='), chart: 'latency' },
  'cpu-headroom': { title: 'CPU headroom of every component', source: '001', measuredBy: 'p95 of 10 s windows against the budget', unit: 'share', bounds: below(0.5, '>'), chart: 'cpu' },
  'memory-headroom': { title: 'Memory headroom of every component', source: '001', measuredBy: 'highest PSS against the budget', unit: 'share', bounds: below(0.4, '>'), chart: 'memory' },
  'memory-after-load': { title: 'Memory comes back after load', source: '001', measuredBy: 'PSS at the end of the rest', unit: 'share', bounds: [{ severity: 'fail', comparator: '<=', value: 0.75 }, { severity: 'warn', comparator: '<=', value: 0.5 }], chart: 'memory' },
  'api-p95': { title: 'Interactive requests are quick', source: '002', measuredBy: 'p95 of http_req_duration, kind interactive, without warm-up', unit: 'ms', bounds: below(200), chart: 'latency' },
  'query-p95': { title: 'Queries are quick', source: '002', measuredBy: 'p95 of db.client.operation.duration', unit: 'ms', bounds: below(100), chart: 'time' },
  'connection-timeouts': { title: 'Every acquisition gets a connection', source: '002', measuredBy: 'acquisitions that timed out of all, app pool', unit: 'share', bounds: below(0, '='), chart: 'pool' },
  'pool-utilisation': { title: 'The app pool keeps a reserve', source: '000, 002', measuredBy: 'in use of size, ten samples of 1 s in a row', unit: 'share', bounds: below(0.8, '<='), chart: 'pool' },
  'database-connections': { title: 'Server sessions stay below their limits', source: '002', measuredBy: 'highest of sessions against role limit and 80 % of max_connections', unit: 'share', bounds: below(1), chart: 'sessions' },
  throughput: { title: 'What is offered gets done', source: '002', measuredBy: 'done of offered, interactive', unit: 'share', bounds: below(0.95, '>='), chart: 'load' },
  'due-to-start': { title: 'Tasks start when they are due', source: '004', measuredBy: 'p95 of pgsurge.task.due_to_start', unit: 'ms', bounds: below(1000), chart: 'due-to-start' },
  'pool-recovers': { title: 'Nobody waits at the end', source: '004', measuredBy: 'waiting acquisitions, last sample', unit: '1', bounds: below(0, '='), chart: 'pool' },
};

/** A criterion's result with the texts of the real one. */
export const criterion = (id: string, value: number | null, over: Partial<CriterionResult> = {}): CriterionResult => ({
  id, ...known[id]!, value, count: 0, numerator: null, verdict: 'pass', reason: '', nextStep: null, causeRank: 50, evidence: null, fullBounds: null, ...over,
});
