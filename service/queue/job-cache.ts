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

/** Drops the oldest entry where there are too many. */
const makeRoom = (entries: Map<string, unknown>): void => {
  const oldest = entries.keys().next();
  if (entries.size >= maxEntries && !oldest.done) entries.delete(oldest.value);
};

export const createJobCache = (context: Context): JobCache => {
  const { settings, metrics } = context;
  const entries = new Map<string, { info: Promise<JobInfo>; untilMs: number }>();
  const requests = metrics.tally('cache_requests', 'Look-ups of job information');
  metrics.gauge('cache_entries', 'Jobs whose information is kept', () => [[{}, entries.size]]);
  const keep = (jobId: string, info: Promise<JobInfo>): void => {
    makeRoom(entries);
    entries.set(jobId, { info, untilMs: performance.now() + settings.cacheTtlMs });
  };
  const loadAndKeep = async (jobId: string): Promise<JobInfo> => {
    const loading = load(context, jobId);
    // Single flight keeps the promise before it is answered, so that others wait for the same query.
    if (settings.cacheMode === 'single-flight') keep(jobId, loading);
    try {
      const info = await loading;
      if (settings.cacheMode === 'each-miss') keep(jobId, loading);
      return info;
    } catch (error) {
      entries.delete(jobId);
      throw error;
    }
  };
  return {
    forget: (jobId) => void entries.delete(jobId),
    get: (jobId) => {
      const entry = entries.get(jobId);
      const hit = entry !== undefined && entry.untilMs > performance.now();
      requests.add(1, { result: hit ? 'hit' : 'miss' });
      return hit ? entry.info : loadAndKeep(jobId);
    },
  };
};
