/** The pooler, as its console and its settings show it. */
import type { ScenarioResult } from '../../result.ts';
import { seriesOf, type Observations } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { levelOf, type Level } from './levels.ts';

export interface Pooler {
  clients: Level;
  waiting: Level;
  servers: Level;
  serversActive: Level;
  serversLogin: Level;
  /** Of the client that waits longest, in seconds. */
  longestWait: Level;
  mode: string | null;
  /** Server connections that it may have, all poolers together; null: not known. */
  poolSize: number | null;
  maxClientConn: number | null;
  /** 0: prepared statements are not followed. */
  maxPreparedStatements: number | null;
  queryWaitSeconds: number | null;
  /** 0: clients may rest for ever. */
  clientIdleSeconds: number | null;
  poolers: number;
  /** Of the looks at which a client waited: the share at which every server connection that there may be was there. */
  fullShare: number;
  /** And the share at which some were still to be opened, one of them in its login. */
  loginShare: number;
}

type Settings = ScenarioResult['stackSettings'];

/** Settings of the pooler are kept under its product's name: `pgbouncer.pool_mode`, or with its number. */
const settingOf = (settings: Settings, name: string): string | null => {
  const key = Object.keys(settings).find((one) => one === name || one.endsWith(`.${name}`));
  return key === undefined ? null : String(settings[key]);
};

export const numberOf = (settings: Settings, name: string): number | null => {
  const text = settingOf(settings, name);
  const value = text === null ? NaN : Number(text);
  return Number.isFinite(value) ? value : null;
};

/** The smaller of the two that bound it; 0 is no limit. */
const sizeOf = (settings: Settings, poolers: number): number | null => {
  const sizes = ['default_pool_size', 'max_db_connections']
    .map((name) => numberOf(settings, name))
    .filter((size) => size !== null && size > 0) as number[];
  return sizes.length === 0 ? null : Math.min(...sizes) * poolers;
};

/** A pool of its own for one database may be smaller than the default: then it stays at its peak, and none logs in. */
const fullnessOf = (
  waiting: Level,
  servers: Level,
  login: Level,
  size: number | null,
): Pick<Pooler, 'fullShare' | 'loginShare'> => {
  const looks = waiting.samples.tMs.filter((_, index) => waiting.samples.values[index]! > 0);
  const isFull = (tMs: number): boolean => {
    const open = servers.at(tMs);
    return open >= (size ?? servers.peak) || (open >= servers.peak && login.at(tMs) === 0);
  };
  const shareOf = (holds: (tMs: number) => boolean): number =>
    looks.length === 0 ? 0 : looks.filter(holds).length / looks.length;
  return { fullShare: shareOf(isFull), loginShare: shareOf((tMs) => !isFull(tMs) && login.at(tMs) > 0) };
};

/** Null where there is none, or its console was not asked. */
export const poolerOf = (
  { stackSettings }: ScenarioResult,
  observations: Observations,
  windows: readonly Window[],
): Pooler | null => {
  const level = (name: string, state?: string): Level =>
    levelOf(seriesOf(observations, name, state === undefined ? {} : { state }), windows);
  const clients = seriesOf(observations, 'pooler.clients');
  if (clients.length === 0) return null;
  const poolers = new Set(clients.map(({ labels }) => labels['pooler'] ?? '')).size;
  const [waiting, servers] = [level('pooler.clients', 'waiting'), level('pooler.servers')];
  const serversLogin = level('pooler.servers', 'login');
  const poolSize = sizeOf(stackSettings, poolers);
  return {
    clients: level('pooler.clients'),
    waiting,
    servers,
    serversActive: level('pooler.servers', 'active'),
    serversLogin,
    longestWait: level('pooler.maxwait'),
    mode: settingOf(stackSettings, 'pool_mode'),
    poolSize,
    maxClientConn: numberOf(stackSettings, 'max_client_conn'),
    maxPreparedStatements: numberOf(stackSettings, 'max_prepared_statements'),
    queryWaitSeconds: numberOf(stackSettings, 'query_wait_timeout'),
    clientIdleSeconds: numberOf(stackSettings, 'client_idle_timeout'),
    poolers,
    ...fullnessOf(waiting, servers, serversLogin, poolSize),
  };
};

const mostly = 0.5;
const fewestAtOnce = 8;
const oftenShare = 0.25;

/** It opens its server connections one after another: who asks for many at once waits for logins, not for a size. */
export const waitsForLogins = ({ waiting, loginShare }: Pooler): boolean =>
  loginShare >= mostly && waiting.peak >= fewestAtOnce && waiting.shareAbove(0) >= oftenShare;
