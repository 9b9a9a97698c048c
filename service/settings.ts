/**
 * Every setting of the reference job service: name, type, default, one sentence.
 * Values come from one environment variable, `PGSURGE_SERVICE_SETTINGS`: a JSON object with those that differ.
 * Defects and plants stand in `defects.ts`, limits in `limit-settings.ts`, what 001 found inside the queue in
 * `work-settings.ts`, and the memo queue's in `memo/settings.ts`.
 */
import { defects } from './defects.ts';
import { limits } from './limit-settings.ts';
import { memo } from './memo/settings.ts';
import { choice, number, onOff, type Definition, type ValueOf } from './setting-types.ts';
import { work } from './work-settings.ts';

const pool = {
  appPoolMax: number(18, {
    min: 1,
    says: 'Connections the app pool of one replica may hold (002: 15 to 18 a replica).',
  }),
  connectionTimeoutMillis: number(5000, {
    says:
      'How long an acquisition waits before "timeout exceeded when trying to connect"; ' +
      '0 waits for ever (004 had 2000, then 10000).',
  }),
  idleTimeoutMillis: number(30000, { says: 'How long an idle connection stays in the app pool; 0 keeps it.' }),
  maxLifetimeSeconds: number(0, { says: 'Age at which a connection is replaced; 0 never (003: 1800).' }),
  warmConnections: number(5, { says: 'Connections opened before the workers start (004 fix: 15).' }),
  queryTimeoutMillis: number(15000, { min: 1, says: 'How long one query may take before its connection is given up.' }),
  poolWaitingLimit: number(50, {
    says: 'Requests are refused with 429 while more acquisitions than this wait; 0 never refuses.',
  }),
  testNewConnections: onOff(false, {
    says: 'Each new connection of the app pool is tested with a query before it is used, as HikariCP and others do.',
  }),
  reportConnection: choice('pool', ['pool', 'per-request'], {
    says:
      'GET /report takes a connection of the app pool, or opens one and closes it again, as serverless functions ' +
      'do (000).',
  }),
  drainMs: number(500, {
    min: 0,
    says: 'How long a replica that stops still serves, so that the front sends it nothing more.',
  }),
  poolLogSeconds: number(15, {
    says: "For this long after the start the app pool's counts are logged once a second, in the words of 004.",
  }),
};

const workers = {
  workerStart: choice('staggered', ['together', 'staggered'], {
    says: 'Whether all workers start at the same instant (004 bug 1) or a few at a time with jitter.',
  }),
  workerStartConcurrency: number(4, { min: 1, says: 'How many workers start at once when workerStart is staggered.' }),
  workerRetryMs: number(1000, {
    min: 1,
    says: 'Pause before a worker that could not start tries again; doubled each time, with jitter, when staggered.',
  }),
  jobWorkers: number(30, {
    min: 0,
    says: 'Queue workers over all replicas, shared out evenly (000: 50 before, 30 after the hotfix).',
  }),
  dbQueueMaxConcurrency: number(12, {
    says: 'Claim slots over all replicas (DB_QUEUE_MAX_CONCURRENCY of 000), shared out evenly; 0: no limit.',
  }),
  outboxListeners: number(2, { min: 0, says: 'Outbox listeners per replica (004 had 9).' }),
  listenConnections: choice('shared', ['shared', 'per-listener'], {
    says:
      'One direct LISTEN connection per replica under a role of its own, ' +
      'or one held out of the app pool by each listener.',
  }),
  outboxPollMs: number(1000, {
    min: 10,
    says: 'How often an outbox listener looks without having been notified: this long on average, 50 to 150 %.',
  }),
};

const queue = {
  crawlTimeoutMs: number(10000, {
    min: 1,
    says: "How long a task's crawl, an HTTP call outside any transaction, may take before it is tried again later.",
  }),
  domainDelayMs: number(600, {
    says: 'Least distance between two crawls of the same job: later links wait, reason domain_delay.',
  }),
  workerPollMs: number(5000, { min: 10, says: 'How long an idle worker sleeps when nothing wakes it.' }),
  taskLeaseSeconds: number(10, { min: 0.05, says: 'How long a claim holds without a heartbeat.' }),
  heartbeat: onOff(true, { says: 'Workers renew the lease of a running task at a third of it.' }),
  maxAttempts: number(10, { min: 1, says: 'Claims of one task before it fails for good.' }),
  retryBackoffMs: number(50, {
    says: 'First pause before a write is tried again whose transaction surely did not commit; doubled each time.',
  }),
  writeRetries: number(3, { says: 'How often such a write is tried again.' }),
  watchdogNoProgressSeconds: number(1800, {
    min: 1,
    says: 'A job without progress for this long fails with "no progress for 30 minutes" (000).',
  }),
  maxRunningJobs: number(0, {
    says: 'Jobs that run at once, the others stay queued (000 guardrail: 3 to 4); 0: no limit.',
  }),
  maxOpenJobs: number(1000, { says: 'POST /jobs answers 429 while this many jobs are open; 0: no limit.' }),
  tenantQuota: number(0, { says: 'POST /jobs answers 429 while a tenant has this many jobs open; 0: no limit.' }),
};

const schedules = {
  scheduleCall: choice('positional', ['positional', 'workspace-in-payload'], {
    says:
      'Registers with schedule(queue, s, {}, "system"), ' +
      'or with the wrong call of 004 bug 2a that passes the workspace as data.',
  }),
  scheduleConstraint: choice('nulls-not-distinct', ['nulls-distinct', 'nulls-not-distinct', 'sentinel'], {
    says:
      'The unique constraint on (queue_name, workspace_id): NULLs repeat, NULLs count as equal, ' +
      'or no NULLs at all.',
  }),
  scheduleIntervalSeconds: number(10, {
    min: 1,
    says: 'Interval of the memo.batch-check schedule (004: its log shows 10, its text 30).',
  }),
  scheduleLookaheadSeconds: number(60, {
    min: 0,
    says: 'Ticks due within this time are dispatched in one pass (004).',
  }),
  scheduleManagerIntervalSeconds: number(10, {
    min: 0.1,
    says: 'Time between passes of the schedule manager; the first comes one interval after the start.',
  }),
};

export const definitions = { ...pool, ...limits, ...workers, ...queue, ...memo, ...work, ...schedules, ...defects };
type SettingName = keyof typeof definitions;
export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof definitions)[Name]> };

const isSettingName = (name: string): name is SettingName => Object.hasOwn(definitions, name);

/** Names nearest to a misspelt one, for its error. */
const similar = (name: string): string => {
  const near = Object.keys(definitions).filter((known) => known.toLowerCase().includes(name.toLowerCase().slice(0, 5)));
  return near.length > 0 ? `; did you mean ${near.join(' or ')}?` : `; the settings are listed in service/settings.ts`;
};

const checked = (name: SettingName, value: unknown): string | number | boolean => {
  const definition: Definition = definitions[name];
  const complaint = definition.complaint(value);
  if (complaint !== null) throw new Error(`setting ${name} ${complaint}, but it is ${JSON.stringify(value)}`);
  return value as string | number | boolean;
};

/**
 * All settings in force: the given values over the defaults.
 * Throws one line that names the setting when a name is unknown or a value of the wrong type or range.
 */
export const resolveSettings = (values: Readonly<Record<string, unknown>>): Settings => {
  const settings: Record<string, string | number | boolean> = {};
  for (const [name, definition] of Object.entries(definitions)) settings[name] = definition.default;
  for (const [name, value] of Object.entries(values)) {
    if (!isSettingName(name)) throw new Error(`unknown setting ${name}${similar(name)}`);
    settings[name] = checked(name, value);
  }
  return settings as unknown as Settings;
};

/** As `resolveSettings`, from the text of the environment variable; absent means all defaults. */
export const parseSettings = (text: string | undefined): Settings => {
  if (text === undefined || text === '') return resolveSettings({});
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `PGSURGE_SERVICE_SETTINGS is not JSON (${String(error)}); give an object such as {"appPoolMax": 37}`,
    );
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new Error('PGSURGE_SERVICE_SETTINGS must be a JSON object such as {"appPoolMax": 37}');
  }
  return resolveSettings(values as Record<string, unknown>);
};

/** After how long without progress a job fails, under the profile's time scale: max(full / scale, floor). */
export const watchdogSeconds = (settings: Settings, timeScale: number): number => {
  const { watchdogNoProgressSeconds: full, watchdogFloorSeconds: floor } = settings;
  return Math.min(full, Math.max(full / timeScale, floor));
};
