/** Job information that every task of a job needs, kept for a while; concurrent misses share one query (001). */
import type { Context } from '../context.ts';
import { pause } from '../wait.ts';

export interface JobInfo {
  pages: number;
  tenant: string;
}

export interface JobCache {
  get(jobId: string): Promise<JobInfo>;
  /** The job has ended. */
  forget(jobId: string): void;
}

const maxEntries = 1000;

const load = async ({ pool }: Context, jobId: string): Promise<JobInfo> => {
  const statement = 'SELECT * FROM job_info($1)';
  const rows = await pool.query<{ pages: number; tenant_id: string }>('job info', statement, [jobId]);
  if (rows[0] === undefined) throw new Error(`job ${jobId} is gone`);
  return { pages: rows[0].pages, tenant: rows[0].tenant_id };
};

interface Entry {
  info: Promise<JobInfo>;
  untilMs: number;
  /** Its query has not been answered: whoever gets it waits for a query of somebody else. */
  loading: boolean;
}

/** What is kept, each for its time; the oldest makes room where there are too many. */
class Entries {
  readonly #entries = new Map<string, Entry>();
  readonly #ttlMs: number;
  readonly #dropped: (reason: string) => void;

  constructor(ttlMs: number, dropped: (reason: string) => void) {
    this.#ttlMs = ttlMs;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined where it is not kept, or no longer. */
  get(jobId: string): Entry | undefined {
    const entry = this.#entries.get(jobId);
    if (entry === undefined || entry.untilMs > performance.now()) return entry;
    this.drop(jobId, 'expired');
    return undefined;
  }

  keep(jobId: string, info: Promise<JobInfo>, loading: boolean): Entry {
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= maxEntries && !oldest.done) this.drop(oldest.value, 'full');
    const entry = { info, untilMs: performance.now() + this.#ttlMs, loading };
    this.#entries.set(jobId, entry);
    return entry;
  }

  drop(jobId: string, reason: string): void {
    if (this.#entries.delete(jobId)) this.#dropped(reason);
  }
}

/** One query, kept from its beginning, so that others wait for the same one. */
const loadForAll = async (context: Context, entries: Entries, jobId: string): Promise<JobInfo> => {
  const entry = entries.keep(jobId, load(context, jobId), true);
  try {
    return await entry.info;
  } catch (error) {
    entries.drop(jobId, 'failed');
    throw error;
  } finally {
    entry.loading = false;
  }
};

/** A query of one's own, kept once it is answered. */
const loadForOneself = async (context: Context, entries: Entries, jobId: string): Promise<JobInfo> => {
  const info = await load(context, jobId);
  entries.keep(jobId, Promise.resolve(info), false);
  return info;
};

const waitStepMs = 10;

/** Looks again and again whether the first worker has filled the cache; null where it did not in time. */
const waitForOther = async (
  { settings, log }: Context,
  entries: Entries,
  jobId: string,
): Promise<Promise<JobInfo> | null> => {
  const untilMs = performance.now() + settings.cacheWaitMs;
  while (performance.now() < untilMs) {
    await pause(waitStepMs);
    const entry = entries.get(jobId);
    if (entry !== undefined) return entry.info;
  }
  log.warn(`Cache did not become available: job ${jobId} is loaded after a wait of ${settings.cacheWaitMs} ms`);
  return null;
};

/** The first to miss loads; the others wait for it, and load by themselves where they waited in vain. */
const createWaiting = (context: Context, entries: Entries): ((jobId: string) => Promise<JobInfo>) => {
  const firsts = new Set<string>();
  return async (jobId) => {
    if (firsts.has(jobId)) {
      const others = await waitForOther(context, entries, jobId);
      return others ?? loadForOneself(context, entries, jobId);
    }
    firsts.add(jobId);
    try {
      return await loadForOneself(context, entries, jobId);
    } finally {
      firsts.delete(jobId);
    }
  };
};

const loaderOf = (context: Context, entries: Entries): ((jobId: string) => Promise<JobInfo>) => {
  const { cacheMode } = context.settings;
  if (cacheMode === 'wait-then-load') return createWaiting(context, entries);
  const loading = cacheMode === 'single-flight' ? loadForAll : loadForOneself;
  return (jobId) => loading(context, entries, jobId);
};

interface Tallies {
  hits: number;
  shared: number;
  misses: number;
}

/**
 * Look-ups by job, told in one line when the job ends and there is something to tell: a label for each job would make
 * as many series.
 */
class LookUps {
  readonly #counts = new Map<string, Tallies>();

  add(jobId: string, result: keyof Tallies): void {
    const count = this.#counts.get(jobId) ?? { hits: 0, shared: 0, misses: 0 };
    count[result] += 1;
    this.#counts.set(jobId, count);
    // A job may end in another replica, which then forgets it there only.
    const oldest = this.#counts.keys().next();
    if (this.#counts.size > maxEntries && !oldest.done) this.#counts.delete(oldest.value);
  }

  tell({ log }: Context, jobId: string): void {
    const found = this.#counts.get(jobId);
    this.#counts.delete(jobId);
    if (found === undefined || found.misses + found.shared <= 1) return;
    log.info(`cache of job ${jobId}: ${found.hits} hits, ${found.shared} shared a query, ${found.misses} misses`);
  }
}

const resultOf = (entry: Entry | undefined): keyof Tallies => {
  if (entry === undefined) return 'misses';
  return entry.loading ? 'shared' : 'hits';
};
const labels = { hits: 'hit', shared: 'shared', misses: 'miss' } as const;

export const createJobCache = (context: Context): JobCache => {
  const { metrics, settings } = context;
  const invalidations = metrics.tally('cache_invalidations', 'Entries of job information dropped, by reason');
  const entries = new Entries(settings.cacheTtlMs, (reason) => invalidations.add(1, { reason }));
  const requests = metrics.tally('cache_requests', 'Look-ups of job information');
  metrics.gauge('cache_entries', 'Jobs whose information is kept', () => [[{}, entries.size]]);
  const lookUps = new LookUps();
  const loading = loaderOf(context, entries);
  return {
    forget: (jobId) => {
      entries.drop(jobId, 'job ended');
      lookUps.tell(context, jobId);
    },
    get: (jobId) => {
      const entry = entries.get(jobId);
      const result = resultOf(entry);
      requests.add(1, { result: labels[result] });
      lookUps.add(jobId, result);
      return entry?.info ?? loading(jobId);
    },
  };
};
