import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { alertBound } from '../alert-bounds.ts';
import type { Series } from '../../measure/tracks/observations.ts';
import { samplesWithin, sumAtSamples, type Samples, type Window } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { afterWarmup, windowWords } from '../judged-windows.ts';
import { notSeen } from '../unknowns.ts';
import { formatInstant } from '../../measure/load-clock.ts';

/** The harness's own sessions are no load of the service's. */
const ownRoles = new Set(['probe', 'pgsurge']);

const peakOf = ({ tMs, values }: Samples): { value: number; atMs: number } =>
  values.reduce((most, value, index) => (value > most.value ? { value, atMs: tMs[index]! } : most), {
    value: 0,
    atMs: 0,
  });

/** As it was seen, else as we declared it; null where neither says one. */
const limitOf = (found: readonly Series[], declared: number | undefined): number | null =>
  found.flatMap(({ values }) => Array.from(values)).at(-1) ?? declared ?? null;

const rolesOf = (sessions: readonly Series[], { isForeign }: JudgeInput): string[] =>
  [...new Set(sessions.map(({ labels }) => labels['role'] ?? ''))].filter(
    (role) => role !== '' && (isForeign === true || !ownRoles.has(role)),
  );

/** The nearest limits are told; a database may have tens of roles. */
const mostToldOf = 3;

interface Nearness {
  share: number;
  words: string;
  atMs: number;
  isNearlyFull?: boolean;
}

/** CONNECTION LIMIT of a role: as Postgres says it, else as we gave it to the role of our own service. */
const limitOfRole = ({ observations, stackSpec }: JudgeInput, role: string): number | null => {
  const seen = seriesOf(observations, 'postgres.role_limit', { role });
  return limitOf(seen, role === 'app' ? stackSpec?.roles.app.connectionLimit : undefined);
};

const nearnessToRole = (
  input: JudgeInput,
  role: string,
  sessions: readonly Series[],
  windows: readonly Window[],
): Nearness | null => {
  const limit = limitOfRole(input, role);
  // Postgres' own word for none is -1.
  if (limit === null || limit <= 0) return null;
  const ofRole = sessions.filter(({ labels }) => labels['role'] === role);
  const { value, atMs } = peakOf(sumAtSamples(ofRole, windows));
  return { share: (100 * value) / limit, words: `${value} sessions of ${role}, its limit is ${limit}`, atMs };
};

/** Both probes are sessions as well, and are not counted among these. */
const probes = 2;

/** What the server gives to others than its superusers and us: a fact, where 80 % is a level of ours. */
const usableOf = ({ observations }: JudgeInput, connections: number): number =>
  connections - (limitOf(seriesOf(observations, 'postgres.reserved_connections'), undefined) ?? 0) - probes;

const nearnessToAll = (input: JudgeInput, all: Samples): Nearness | null => {
  const { observations, stackSpec, isForeign } = input;
  const connections = limitOf(seriesOf(observations, 'postgres.max_connections'), stackSpec?.maxConnections);
  if (connections === null) return null;
  const { value, atMs } = peakOf(all);
  const level = connections * (alertBound('max-connections').value / 100);
  if (isForeign !== true) {
    const words = `${value} sessions in all, 80 % of max_connections is ${level}`;
    return { share: (100 * value) / level, words, atMs };
  }
  const usable = usableOf(input, connections);
  const words = `${value} sessions in all of ${usable} that can be had (max_connections ${connections})`;
  return { share: (100 * value) / usable, words, atMs, ...(value < level ? {} : { isNearlyFull: true }) };
};

const nearlyFull = 'over 80 % of max_connections, from where on others may find none';

const measure = (input: JudgeInput): Measurement => {
  const windows = afterWarmup(input.phases);
  const sessions = seriesOf(input.observations, 'postgres.sessions');
  if (sessions.every((one) => samplesWithin(one, windows).tMs.length === 0)) return notSeen('server sessions');
  const all = sumAtSamples(sessions, windows);
  const shares = [
    ...rolesOf(sessions, input).map((role) => nearnessToRole(input, role, sessions, windows)),
    nearnessToAll(input, all),
  ].filter((one) => one !== null);
  const [nearest] = shares.sort((a, b) => b.share - a.share);
  if (nearest === undefined) return notSeen('limits of the sessions');
  const text = `${nearest.words} (${formatInstant(nearest.atMs, input.phases)})`;
  return {
    state: 'measured',
    value: nearest.share,
    count: all.values.length,
    measuredBy:
      'most server sessions in any sample against the nearer of role limit and 80 % of max_connections, ' +
      windowWords(windows),
    reason: shares
      .slice(0, mostToldOf)
      .map(({ words }) => words)
      .join('; '),
    evidence: [{ atMs: nearest.atMs, text, source: 'postgres.sessions' }],
    ...(shares.some(({ isNearlyFull }) => isNearlyFull) ? { worst: { verdict: 'warn', reason: nearlyFull } } : {}),
  };
};

export const criterion: Criterion = {
  id: 'database-connections',
  title: 'Server sessions against their nearer limit',
  failureTitle: 'Server sessions reach their limit',
  source: '002',
  unit: '%',
  figureWords: 'of it',
  bounds: [alertBound('role-limit')],
  demand:
    'the limit is that of the role, or 80 % of max_connections, whichever is nearer; for somebody else’s service all ' +
    'that the server gives out',
  causeRank: 13,
  sees: [{ source: 'database', series: ['postgres.sessions'], windows: ({ phases }) => afterWarmup(phases) }],
  chart: 'sessions',
  nextStep:
    'Add up replicas × app pool (or poolers × max_db_connections) and keep the sum below the role limit ' +
    'and 80 % of max_connections.',
  measure,
};
