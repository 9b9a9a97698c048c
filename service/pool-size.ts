/**
 * How large the app pool is, and how long it waits and keeps: by the settings, or as the options 2 and 3 of seed 003.
 */
import type { Settings } from './settings.ts';

export interface PoolShape {
  max: number;
  /** Connections opened before the workers start. */
  warm: number;
  connectionTimeoutMillis: number;
  idleTimeoutMillis: number;
  maxLifetimeSeconds: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** As the seed reads them: what is absent, or no number, has a default. */
const read = (variables: Variables, name: string, otherwise: number): number => {
  const value = Number(variables[name] ?? '');
  return Number.isFinite(value) && value > 0 ? value : otherwise;
};

const fromEnvironment = (variables: Variables): PoolShape => {
  const max = read(variables, 'DATABASE_MAX_CONNECTIONS', 50);
  return {
    max,
    warm: read(variables, 'DATABASE_MIN_CONNECTIONS', Math.floor(max / 5)),
    connectionTimeoutMillis: read(variables, 'DATABASE_ACQUIRE_TIMEOUT_SECS', 5) * 1000,
    idleTimeoutMillis: read(variables, 'DATABASE_IDLE_TIMEOUT_SECS', 600) * 1000,
    maxLifetimeSeconds: read(variables, 'DATABASE_MAX_LIFETIME_SECS', 1800),
  };
};

/** Four connections a core, from 20 to 100. */
const maxFromCores = (cores: number): number => Math.min(100, Math.max(20, cores * 4));

export const poolShape = (settings: Settings, variables: Variables, cores: number): PoolShape => {
  const { appPoolMax, warmConnections, connectionTimeoutMillis, idleTimeoutMillis, maxLifetimeSeconds } = settings;
  const own = { connectionTimeoutMillis, idleTimeoutMillis, maxLifetimeSeconds };
  if (settings.poolSizeFrom === 'environment') return fromEnvironment(variables);
  const max = settings.poolSizeFrom === 'cores' ? maxFromCores(cores) : appPoolMax;
  return { ...own, max, warm: Math.min(max, warmConnections) };
};
