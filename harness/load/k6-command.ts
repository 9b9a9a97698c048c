/** How k6 is called: its environment and its command line, for a scenario of ours and for a stranger's script. */
import { typedOf } from '../tools/k6-arguments.ts';
import { asArguments, withTarget } from '../tools/k6-variables.ts';
import type { ScriptLoad } from '../result.ts';
import { exportEveryMs } from '../measure/k6-exports.ts';
import { flushEveryMs } from './k6-end.ts';
import type { LoadOptions } from './load-options.ts';

/**
 * k6's heap is small and its garbage large: collecting at four times the live heap instead of once takes 15 % less CPU
 * per request, more than our outputs cost, for some 60 MB (docs/architecture.md, "What measuring the load costs").
 */
const garbageCollection = { GOGC: '400', GOMEMLIMIT: '1GiB' };

export const k6Settings = (otlpUrl: string): Record<string, string> => {
  const url = new URL(otlpUrl);
  return {
    ...garbageCollection,
    K6_OTEL_EXPORTER_PROTOCOL: 'http/protobuf',
    K6_OTEL_HTTP_EXPORTER_INSECURE: 'true',
    K6_OTEL_HTTP_EXPORTER_ENDPOINT: url.host,
    K6_OTEL_HTTP_EXPORTER_URL_PATH: url.pathname === '/' ? '/v1/metrics' : url.pathname,
    K6_OTEL_FLUSH_INTERVAL: `${flushEveryMs}ms`,
    K6_OTEL_EXPORT_INTERVAL: `${exportEveryMs}ms`,
    OTEL_SERVICE_NAME: 'k6',
    // From 2,000 URLs a second on the others would arrive as one, without their status.
    OTEL_GO_X_CARDINALITY_LIMIT: '0',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta',
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
  };
};

/** Tags without which nobody can tell how a request came out, which check failed, or whose it was. */
const neededTags = ['status', 'name', 'error_code', 'expected_response', 'scenario', 'group', 'check'];

/** What the script keeps itself, and what is needed beside it: its thresholds may ask for its own tags. */
const keptByScript = (script: ScriptLoad | null | undefined): string[] => {
  if (script == null) return [];
  const tags = [...new Set([...script.systemTags, ...neededTags])];
  // A threshold of no sample is green in k6: the count tells.
  const stats = [...new Set([...script.trendStats, 'count'])];
  return ['--system-tags', tags.join(','), '--summary-trend-stats', stats.join(',')];
};

/** Their script sees their environment as under a bare k6, and where the service is. */
const foreignArguments = (
  { targetUrl, summaryFile, allowHost }: LoadOptions,
  { forbiddenNetworks, variables, options, script }: NonNullable<LoadOptions['foreign']>,
): string[] => [
  ...keptByScript(script),
  ...forbiddenNetworks.flatMap((network) => ['--blacklist-ip', network]),
  // Beside whatever the script's own handleSummary does; its percentiles are the collector's to give.
  '--summary-export',
  summaryFile,
  ...(targetUrl === '' ? [] : ['-e', `TARGET_URL=${targetUrl}`]),
  '-e',
  `PGSURGE_ALLOW_HOST=${allowHost ?? ''}`,
  ...asArguments(withTarget(variables, targetUrl)),
  ...typedOf(options),
];

const scriptVariables = (options: LoadOptions): string[] => {
  const { phases, interactivePerSecond, targetUrl, seed, profileName, summaryFile, allowHost } = options;
  const plan = phases.map(({ name, kind, startMs, endMs, activeJobs, clients }) => ({
    name,
    kind,
    startMs,
    endMs,
    activeJobs,
    clients,
  }));
  const values = {
    PGSURGE_PROFILE: profileName,
    PGSURGE_PHASES: JSON.stringify(plan),
    ...(interactivePerSecond === undefined ? {} : { PGSURGE_INTERACTIVE_PER_SECOND: String(interactivePerSecond) }),
    PGSURGE_SEED: String(seed),
    PGSURGE_SUMMARY: summaryFile,
    TARGET_URL: targetUrl,
    PGSURGE_ALLOW_HOST: allowHost ?? '',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
};

const hasOptionsFile = ({ foreign }: LoadOptions): boolean =>
  foreign?.options.some(({ name }) => name === 'config') === true;

export const k6Arguments = (options: LoadOptions, configFile: string): string[] => [
  'run',
  '--quiet',
  '--no-color',
  '--no-usage-report',
  '--log-format',
  // It is the format of the console's lines too, which of a scenario of ours are the ledger.
  options.foreign === undefined ? 'raw' : 'json',
  // Not the options file of this machine's user: theirs may be named behind `--`.
  ...(hasOptionsFile(options) ? [] : ['--config', configFile]),
  ...(options.lastExport === undefined ? [] : ['--linger', '--address', `127.0.0.1:${options.lastExport.apiPort}`]),
  '--out',
  'opentelemetry',
  '--console-output',
  options.ledgerFile,
  ...(options.foreign !== undefined
    ? foreignArguments(options, options.foreign)
    : [
        // The script sees only what is passed with -e: no secret of this environment gets into a VU.
        '--include-system-env-vars=false',
        ...scriptVariables(options),
      ]),
  options.script,
];
