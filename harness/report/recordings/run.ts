import type { Observations } from '../../measure/tracks/observations.ts';
import { schemaName } from '../../result.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';

/** A run with what was observed in it. */
export interface Recording {
  run: RunResult;
  observationsOf(entry: string): Promise<Observations | null>;
}

export const runOf = (scenarios: ScenarioResult[], over: Partial<RunResult> = {}): RunResult => ({
  schema: schemaName,
  id: '2026-11-21T09-30-00Z-matrix',
  name: 'matrix',
  label: null,
  state: 'finished',
  startedAt: '2026-11-21T09:30:00Z',
  endedAt: '2026-11-21T09:46:31Z',
  command: 'pgsurge run matrix --profile nightly --seed 7',
  seed: 7,
  git: { commit: '74b45d1e0f2c4bb19f8a0f4a0f0c8b1de2a9e311', dirty: false, branch: 'main' },
  profile: { name: 'nightly', timeScale: 20 },
  stack: {
    provider: 'local',
    versions: { postgres: '18.4', pgbouncer: '1.18.0', k6: '2.2.0', node: '24.21.0', toxiproxy: '2.12.0' },
    settings: { fsync: 'on', shared_buffers: '128MB', max_connections: 90, password_encryption: 'scram-sha-256' },
  },
  host: {
    os: 'Linux 6.1 (Debian 12)',
    cpuModel: 'AMD EPYC',
    cores: 2,
    memoryBytes: 23 * 2 ** 30,
    indexBefore: 1042,
    indexAfter: 1036,
  },
  plan: { scenarios: scenarios.map(({ name }) => name), variant: 'all', repeats: 1, release: null },
  scenarios,
  verdict: 'pass',
  sentence: 'All 4 scenarios are as expected: every criterion met, the nearest with 38 % to spare.',
  nextStep: 'Keep this run as a baseline: pgsurge keep 2026-11-21T09-30-00Z-matrix v1.4',
  ...over,
});
