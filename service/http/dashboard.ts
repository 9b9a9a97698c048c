import type { FastifyInstance } from 'fastify';
import type { AppPool } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { plantsAct } from '../plant-time.ts';
import { badRequest } from './answers.ts';

const aggregates = (slowMs: number): string => `
  SELECT count(*)::int AS jobs, count(*) FILTER (WHERE status = 'completed')::int AS completed,
    count(*) FILTER (WHERE status = 'failed')::int AS failed,
    count(*) FILTER (WHERE status IN ('queued', 'running'))::int AS open,
    coalesce(sum(completed_tasks), 0)::int AS tasks,
    avg(extract(epoch FROM finished_at - created_at))::float8 AS "jobSeconds",
    max(error_message) AS "lastError"${slowMs > 0 ? `, pg_sleep(${slowMs / 1000})::text AS slow` : ''}
  FROM (SELECT * FROM jobs WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 100) AS recent`;

/** Plant: every Nth request takes a connection that nobody gives back. */
const leak = async (pool: AppPool): Promise<void> => {
  await pool.hold();
};

/** GET /dashboard?tenant=: figures of the tenant's last hundred jobs, with the reason of the last failure. */
export const addDashboardRoute = (app: FastifyInstance, { pool, settings }: Context): void => {
  const [usual, slow] = [aggregates(0), aggregates(settings.slowQueryMs)];
  let requests = 0;
  app.get<{ Querystring: { tenant?: string } }>('/dashboard', async ({ query }) => {
    if (query.tenant === undefined) throw badRequest('tenant is missing: GET /dashboard?tenant=NAME');
    requests += 1;
    if (settings.leakConnectionEveryN > 0 && requests % settings.leakConnectionEveryN === 0) await leak(pool);
    const rows = await pool.query('dashboard', plantsAct(settings) ? slow : usual, [query.tenant]);
    return { tenant: query.tenant, ...rows[0] };
  });
};
