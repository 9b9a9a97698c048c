import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { alertBound } from '../alert-bounds.ts';
import type { Series } from '../../measure/tracks/observations.ts';
import { samplesWithin, sumAtSamples, type Samples, type Window } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { windowWords } from '../judged-windows.ts';
import { cutShort, notSeen } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** The harness's own sessions are no load of the service's. */
const ownRoles = new Set(['probe', 'pgsurge']);

const peakOf = ({ tMs, values }: Samples): { value: number; atMs: number } =>
  values.reduce((most, value, index) => (value > most.value ? { value, atMs: tMs[index]! } : most), {
    value: 0,
    atMs: 0,
  });

const limitOf = (found: readonly Series[], declared: number): number =>
  found.flatMap(({ values }) => Array.from(values)).at(-1) ?? declared;

/** The role whose limit is declared: `app`, or for a foreign database the one with most sessions. */
const limitedRole = (sessions: readonly Series[], windows: readonly Window[]): string => {
  const roles = [...new Set(sessions.map(({ labels }) => labels['role'] ?? ''))].filter(
    (role) => role !== '' && !ownRoles.has(role),
  );
  if (roles.includes('app')) return 'app';
  const peaks = roles.map((role) => ({
    role,
    peak: peakOf(
      sumAtSamples(
        sessions.filter(({ labels }) => labels['role'] === role),
        windows,
        1100,
      ),
    ).value,
  }));
  return peaks.sort((a, b) => b.peak - a.peak)[0]?.role ?? '';
};

interface Nearness {
  share: number;
  words: string;
  atMs: number;
}

const nearnessToRole = (
  { observations, stackSpec }: JudgeInput,
  role: string,
  sessions: readonly Series[],
  windows: readonly Window[],
): Nearness | null => {
  const limits = seriesOf(observations, 'postgres.role_limit').filter(
    ({ labels }) => labels['role'] === undefined || labels['role'] === role,
  );
  const limit = limitOf(limits, stackSpec.roles.app.connectionLimit);
  if (limit <= 0) return null;
  const ofRole = sessions.filter(({ labels }) => labels['role'] === role);
  const { value, atMs } = peakOf(sumAtSamples(ofRole, windows, 1100));
  return { share: (100 * value) / limit, words: `${value} sessions of ${role}, its limit is ${limit}`, atMs };
};

const nearnessToAll = ({ observations, stackSpec }: JudgeInput, all: Samples): Nearness => {
  const most =
    limitOf(seriesOf(observations, 'postgres.max_connections'), stackSpec.maxConnections) *
    (alertBound('max-connections').value / 100);
  const { value, atMs } = peakOf(all);
  const words = `${value} sessions in all, 80 % of max_connections is ${most}`;
  return { share: (100 * value) / most, words, atMs };
};

const measure = (input: JudgeInput): Measurement => {
  const startMs = input.phases.find(({ kind }) => kind !== 'warmup')?.startMs ?? 0;
  const windows: Window[] = [{ startMs, endMs: input.phases.at(-1)?.endMs ?? 0 }];
  const sessions = seriesOf(input.observations, 'postgres.sessions');
  if (sessions.every((one) => samplesWithin(one, windows).tMs.length === 0)) return notSeen(input, 'server sessions');
  const cut = cutShort(sessions, windows, 'counts of server sessions');
  const all = sumAtSamples(sessions, windows, 1100);
  const shares = [
    nearnessToRole(input, limitedRole(sessions, windows), sessions, windows),
    nearnessToAll(input, all),
  ].filter((one) => one !== null);
  const [nearest] = shares.sort((a, b) => b.share - a.share) as [Nearness];
  if (cut !== null && nearest.share < 100) return cut;
  const text = `${nearest.words} (${formatSeconds(nearest.atMs)})`;
  return {
    state: 'measured',
    value: nearest.share,
    count: all.values.length,
    measuredBy:
      'most server sessions in any sample against the nearer of role limit and 80 % of max_connections, ' +
      windowWords(windows),
    reason: shares.map(({ words }) => words).join('; '),
    evidence: [{ atMs: nearest.atMs, text, source: 'postgres.sessions' }],
  };
};

export const criterion: Criterion = {
  id: 'database-connections',
  title: 'Server sessions against their nearer limit',
  failureTitle: 'Server sessions reach their limit',
  source: '002',
  unit: '%',
  bounds: [alertBound('role-limit')],
  causeRank: 13,
  chart: 'sessions',
  nextStep:
    'Add up replicas × app pool (or poolers × max_db_connections) and keep the sum below the role limit ' +
    'and 80 % of max_connections.',
  measure,
};
