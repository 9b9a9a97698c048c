/** Job information that every task of a job needs, kept for a while; concurrent misses share one query (001). */
import type { Context } from '../context.ts';

export interface JobInfo {
  pages: number;
  tenant: string;
}

export interface JobCache {
  get(jobId: string): Promise<JobInfo>;
  forget(jobId: string): void;
}

const maxEntries = 1000;

const load = async ({ pool }: Context, jobId: string): Promise<JobInfo> => {
  const statement = 'SELECT pages, tenant_id FROM jobs WHERE id = $1';
  const rows = await pool.query<{ pages: number; tenant_id: string }>('job info', statement, [jobId]);
  if (rows[0] === undefined) throw new Error(`job ${jobId} is gone`);
  return { pages: rows[0].pages, tenant: rows[0].tenant_id };
};

/** What is kept, each for its time; the oldest makes room where there are too many. */
class Entries {
  readonly #entries = new Map<string, { info: Promise<JobInfo>; untilMs: number }>();
  readonly #ttlMs: number;

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined where it is not kept, or no longer. */
  get(jobId: string): Promise<JobInfo> | undefined {
    const entry = this.#entries.get(jobId);
    return entry !== undefined && entry.untilMs > performance.now() ? entry.info : undefined;
  }

  keep(jobId: string, info: Promise<JobInfo>): void {
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= maxEntries && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(jobId, { info, untilMs: performance.now() + this.#ttlMs });
  }

  delete(jobId: string): void {
    this.#entries.delete(jobId);
  }
}

const loadAndKeep = async (context: Context, entries: Entries, jobId: string): Promise<JobInfo> => {
  const { cacheMode } = context.settings;
  const loading = load(context, jobId);
  // Single flight keeps the promise before it is answered, so that others wait for the same query.
  if (cacheMode === 'single-flight') entries.keep(jobId, loading);
  try {
    const info = await loading;
    if (cacheMode === 'each-miss') entries.keep(jobId, loading);
    return info;
  } catch (error) {
    entries.delete(jobId);
    throw error;
  }
};

export const createJobCache = (context: Context): JobCache => {
  const entries = new Entries(context.settings.cacheTtlMs);
  const requests = context.metrics.tally('cache_requests', 'Look-ups of job information');
  context.metrics.gauge('cache_entries', 'Jobs whose information is kept', () => [[{}, entries.size]]);
  return {
    forget: (jobId) => entries.delete(jobId),
    get: (jobId) => {
      const kept = entries.get(jobId);
      requests.add(1, { result: kept === undefined ? 'miss' : 'hit' });
      return kept ?? loadAndKeep(context, entries, jobId);
    },
  };
};
