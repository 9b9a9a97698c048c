/** The sources that criteria stand on: which series are whose, and when each instance of a source was heard. */
import type { Labels, Observations } from '../../measure/tracks/observations.ts';

export type SourceId =
  'k6' | 'service' | 'pooler' | 'database' | 'processes' | 'host' | 'supervisor' | 'service-log' | 'pooler-log' | 'tap';

interface SourceKind {
  /** For people, where it has no instances. */
  title: string;
  /** Whether a series comes from it. */
  owns(name: string, labels: Labels): boolean;
  instanceOf(labels: Labels): string;
  /** The collectors' names for it, among `observations.sources`. */
  status: RegExp;
  /** It speaks only when something happens: that it was read is known by its status alone. */
  isLog?: true;
}

const alone = (): string => '';

export const sourceKinds: Readonly<Record<SourceId, SourceKind>> = {
  k6: {
    title: 'k6',
    owns: (name) => /^(?:vus|http_req|iteration|dropped_iterations|checks|data_|pgsurge_)/.test(name),
    instanceOf: alone,
    status: /^(?:k6|otlp)$/,
  },
  service: {
    title: 'the service',
    owns: (name, labels) =>
      labels['service.instance'] !== undefined || /^(?:db\.client|http\.server|pgsurge)\./.test(name),
    instanceOf: (labels) => labels['service.instance'] ?? '',
    status: /^(?:service|otlp)$/,
  },
  pooler: {
    title: 'the pooler',
    owns: (name) => name.startsWith('pooler.') && name !== 'pooler.log_errors',
    instanceOf: (labels) => labels['pooler'] ?? '',
    status: /^(?:pgbouncer|pooler-pools|pooler-stats)/,
  },
  database: {
    title: 'the database',
    owns: (name) => name.startsWith('postgres.') && name !== 'postgres.log_errors',
    instanceOf: alone,
    status: /^postgres(?:-sessions|-limits)?$/,
  },
  processes: {
    title: 'processes',
    owns: (name) => name.startsWith('process.'),
    instanceOf: (labels) => `${labels['component'] ?? ''} ${labels['instance'] ?? ''}`.trim(),
    status: /^processes$/,
  },
  host: {
    title: 'the host',
    owns: (name) => name.startsWith('host.'),
    instanceOf: alone,
    status: /^host$/,
  },
  supervisor: {
    title: "the service's supervisor",
    owns: (name) => name === 'service.exits',
    instanceOf: (labels) => labels['instance'] ?? '',
    status: /^service-exits/,
  },
  tap: {
    title: 'the tap',
    owns: (name) => name.startsWith('tap.'),
    instanceOf: (labels) => labels['hop'] ?? '',
    status: /^tap\b/,
  },
  'service-log': {
    title: "the service's log",
    owns: (name) => name === 'service.log_errors',
    instanceOf: alone,
    status: /^service-log/,
    isLog: true,
  },
  'pooler-log': {
    title: "the pooler's log",
    owns: (name) => name === 'pooler.log_errors',
    instanceOf: alone,
    status: /^pooler-log/,
    isLog: true,
  },
};

/** Times of several series as one row. */
const together = (rows: readonly Float64Array[]): Float64Array => {
  const [only] = rows;
  if (rows.length === 1) return only!;
  const all = new Float64Array(rows.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return Float64Array.from(new Set(all.sort()));
};

const remembered = new WeakMap<Observations, Map<string, Map<string, Float64Array>>>();

/** Which of a source's series must be there themselves; absent: any word of it will do. */
interface Wanted {
  series?: readonly string[];
  labels?: Labels;
}

const heardAnew = (
  { series, histograms }: Observations,
  source: SourceId,
  { series: names, labels: wanted = {} }: Wanted,
): Map<string, Float64Array> => {
  const { owns, instanceOf } = sourceKinds[source];
  const own = [...series, ...histograms].filter(
    ({ name, labels }) =>
      owns(name, labels) &&
      (names === undefined || names.includes(name)) &&
      Object.entries(wanted).every(([label, value]) => labels[label] === value),
  );
  const byInstance = Map.groupBy(own, ({ labels }) => instanceOf(labels));
  return new Map([...byInstance].map(([instance, ofIt]) => [instance, together(ofIt.map(({ tMs }) => tMs))]));
};

/** When each instance of a source was heard: by any word of it, or only by these series. */
export const heardBy = (
  observations: Observations,
  source: SourceId,
  wanted: Wanted = {},
): ReadonlyMap<string, Float64Array> => {
  const ofRun = remembered.get(observations) ?? new Map<string, Map<string, Float64Array>>();
  remembered.set(observations, ofRun);
  const key = `${source} ${JSON.stringify([wanted.series, wanted.labels])}`;
  const heard = ofRun.get(key) ?? heardAnew(observations, source, wanted);
  ofRun.set(key, heard);
  return heard;
};

/** Why a source is lost, by its own last word or by that of the store that keeps all of them; null where it is not. */
export const lossOf = ({ sources }: Observations, source: SourceId): string | null => {
  const { status, title, isLog } = sourceKinds[source];
  const own = sources.filter((one) => status.test(one.source));
  const lost = [...own, ...sources.filter((one) => one.source === 'store')].find(({ ok }) => !ok);
  if (lost !== undefined) return `${title} was lost (${lost.source}: ${lost.reason})`;
  return isLog === true && own.length === 0 ? `${title} was not read` : null;
};
