/** Which sources a stranger's run is without: what each would have shown, and how to give it. */
import type { Source } from './criterion.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { ScenarioResult } from '../result.ts';

const never: Partial<Record<Source, string>> = {
  ledger: 'lost and doubled writes: only scenarios of pgsurge keep a ledger of what was acknowledged',
  processes: 'CPU and memory against a budget: pgsurge did not start these processes',
  supervisor: 'deaths of replicas: pgsurge did not start these processes, and nobody tells it of their end',
  'pooler-log':
    'errors that the pooler logs and clients never see: its log is not among the sources of an external run',
  'declared-load':
    'done against declared: the script declares no rate that pgsurge knows; see dropped iterations and ' +
    'requests that succeeded',
  'reference-metrics': 'needs metrics that only the reference service gives',
};
const metrics =
  'acquisitions, waits and use of the app pool: give --otlp-port PORT and let the service export ' +
  'db.client.connection.* there (OpenTelemetry, OTLP over HTTP); without an instrument, pgsurge tap ' +
  'before the database and --tap-url show use, holds, statements and leaks, but no waits for a connection';
/** What a service may export of its pool beside the number of its connections, and what shows that it does. */
const poolMetrics: Partial<Record<Source, readonly string[]>> = {
  'waiting-metrics': ['db.client.connection.pending_requests'],
  'timeout-metrics': ['db.client.connection.timeouts', 'db.client.connection.wait_time', 'pgsurge.acquisitions'],
  'limit-metrics': ['db.client.connection.max'],
  'query-metrics': ['db.client.operation.duration'],
};

const arrived = ({ series, histograms }: Observations, names: readonly string[]): boolean =>
  [...series, ...histograms].some(({ name }) => names.includes(name));

const unexported = (observations: Observations): Partial<Record<Source, string>> => {
  if (!arrived(observations, ['db.client.connection.count']))
    return Object.fromEntries([...Object.keys(poolMetrics), 'service-metrics'].map((source) => [source, metrics]));
  return Object.fromEntries(
    Object.entries(poolMetrics)
      .filter(([, names]) => !arrived(observations, names))
      .map(([source, names]) => [source, `the service does not export ${names[0]}`]),
  );
};

const requests = 'latency and success of requests: the script sent no HTTP request';

/** Sources that a service has which pgsurge started. */
const whereStarted: readonly Source[] = ['processes', 'supervisor', 'pooler-log'];

const without = (isStarted: boolean): Partial<Record<Source, string>> =>
  Object.fromEntries(
    Object.entries(never).filter(([source]) => !isStarted || !whereStarted.includes(source as Source)),
  );

/** By what arrived, not by what was promised: a port that nobody exports to shows nothing. */
export const missingSources = (
  { loadTotals }: ScenarioResult,
  observations: Observations,
  isStarted = false,
): Partial<Record<Source, string>> => ({
  ...without(isStarted),
  ...unexported(observations),
  ...(loadTotals != null && loadTotals.requests === 0 && loadTotals.iterations > 0 ? { requests } : {}),
});
