import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { recordJobEvent } from '../queue/complete.ts';
import type { Settings } from '../settings.ts';
import { badRequest, notFound, Refusal } from './answers.ts';
import { keyOf, textOf, type Body } from './input.ts';
import { Replay, type Writes } from './writes.ts';

interface NewJob {
  key: string;
  tenant: string;
  title: string;
  pages: number;
  payload: string;
}

const mostPages = 10_000;

const newJob = (request: FastifyRequest): NewJob => {
  const body = (request.body ?? {}) as Body;
  const pages = body['pages'] ?? 1;
  if (typeof pages !== 'number' || !Number.isInteger(pages) || pages < 1 || pages > mostPages)
    throw badRequest('pages must be a whole number from 1 to 10000');
  const payload = body['payload'] ?? '';
  return {
    key: keyOf(request),
    tenant: textOf(body, 'tenant'),
    title: textOf(body, 'title'),
    pages,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  };
};

const countOpenJobs = 'SELECT * FROM count_open_jobs($1)';

type OpenJobs = { open: number; own: number; quota: number | null };

/** Refuses when this many jobs are open already, in all or of the tenant. */
const admit = async (settings: Settings, session: Session, tenant: string): Promise<void> => {
  const rows = await session.query<OpenJobs>('count open jobs', countOpenJobs, [tenant]);
  const { open, own, quota } = rows[0] ?? { open: 0, own: 0, quota: null };
  const { maxOpenJobs } = settings;
  if (maxOpenJobs > 0 && open >= maxOpenJobs) {
    const why = `${open} jobs are open, the limit is ${maxOpenJobs}; try again later`;
    throw new Refusal(429, 'too-many-jobs', why);
  }
  const limit = quota ?? settings.tenantQuota;
  if (limit > 0 && own >= limit) {
    const why = `tenant ${tenant} has ${own} jobs open, its quota is ${limit}; try again later`;
    throw new Refusal(429, 'tenant-quota', why);
  }
};

const insertJob = 'SELECT insert_job($1, $2, $3, $4, $5) AS id';
const insertRoot = 'SELECT insert_root($1, $2, $3, $4)';

/** Writes the job's row and gives its id; throws the answer of the first request where the key was seen before. */
const insertOnce = async (session: Session, { key, tenant, title, pages, payload }: NewJob): Promise<string> => {
  const values = [key, tenant, title, pages, payload];
  const inserted = await session.query<{ id: string | null }>('insert job', insertJob, values);
  const id = inserted[0]?.id ?? null;
  if (id !== null) return id;
  const found = await session.query<{ id: string }>('find job', 'SELECT id FROM jobs WHERE key = $1', [key]);
  throw new Replay({ status: 200, body: { id: found[0]?.id, replayed: true } });
};

const createJob = async ({ settings }: Context, session: Session, job: NewJob): Promise<string> => {
  if (settings.maxOpenJobs > 0 || settings.tenantQuota > 0) await admit(settings, session, job.tenant);
  const id = await insertOnce(session, job);
  const [status, reason] = settings.maxRunningJobs > 0 ? ['waiting', 'concurrency_limit'] : ['pending', null];
  await session.query('insert tasks', insertRoot, [id, job.tenant, status, reason]);
  await recordJobEvent(session, id, 'job.created');
  return id;
};

const jobOf = (row: Record<string, unknown>): Record<string, unknown> => {
  const {
    total_tasks: total,
    waiting_tasks: waiting,
    pending_tasks: pending,
    running_tasks: running,
    completed_tasks: completed,
    failed_tasks: failed,
    error_message: errorMessage,
    created_at: createdAt,
    ...job
  } = row;
  return { ...job, errorMessage, createdAt, counters: { total, waiting, pending, running, completed, failed } };
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const readJob = 'SELECT * FROM read_job($1)';
const listJobs = 'SELECT * FROM list_jobs($1)';

/** POST /jobs. `pending` is told when a task may be claimed. */
const addCreation = (
  app: FastifyInstance,
  context: Context,
  writes: Writes,
  pending: (jobId: string) => void,
): void => {
  app.post('/jobs', async (request: FastifyRequest, reply: FastifyReply) => {
    const job = newJob(request);
    await writes.ensureTenant(job.tenant);
    const answer = await writes.write(
      'create job',
      false,
      async (session) => ({ status: 201, body: { id: await createJob(context, session, job) } }),
      (early) => void reply.status(early.status).send(early.body),
    );
    const { id } = answer.body as { id?: string };
    pending(id ?? '');
    return reply.sent ? reply : reply.status(answer.status).send(answer.body);
  });
};

/** GET /jobs/:id and GET /jobs?tenant=. */
const addReading = (app: FastifyInstance, { pool }: Context): void => {
  app.get<{ Params: { id: string } }>('/jobs/:id', async ({ params }) => {
    if (!uuid.test(params.id)) throw notFound(`job ${params.id}`);
    const rows = await pool.query('read job', readJob, [params.id]);
    if (rows[0] === undefined) throw notFound(`job ${params.id}`);
    return jobOf(rows[0]);
  });
  app.get<{ Querystring: { tenant?: string } }>('/jobs', async ({ query }) => {
    if (query.tenant === undefined) throw badRequest('tenant is missing: GET /jobs?tenant=NAME');
    const rows = await pool.query('list jobs', listJobs, [query.tenant]);
    return rows.map(jobOf);
  });
};

/** The routes under /jobs. `pending` is told when a task may be claimed. */
export const addJobRoutes = (
  app: FastifyInstance,
  context: Context,
  writes: Writes,
  pending: (jobId: string) => void,
): void => {
  addCreation(app, context, writes, pending);
  addReading(app, context);
};
