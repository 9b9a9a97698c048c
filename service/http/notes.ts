import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { notFound } from './answers.ts';
import { keyOf, textOf, type Body } from './input.ts';
import { Replay, type Writes } from './writes.ts';

interface NewNote {
  key: string;
  tenant: string;
  body: string;
  idempotencyKey: string;
}

const upsertNote = `
  INSERT INTO notes (key, tenant_id, body) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO UPDATE
  SET tenant_id = EXCLUDED.tenant_id, body = EXCLUDED.body, version = notes.version + 1, updated_at = now()
  RETURNING id, version`;
/** The note's row lock is taken first. The second of two requests with one key waits, then finds this answer. */
const keepAnswer = 'INSERT INTO idempotency_keys (key, answer) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING key';

const insertMessage = 'INSERT INTO memo_messages (note_key, body) VALUES ($1, $2)';

const putNote = async ({ settings }: Context, session: Session, note: NewNote): Promise<unknown> => {
  const rows = await session.query<{ id: string; version: number }>('upsert note', upsertNote, [
    note.key,
    note.tenant,
    note.body,
  ]);
  const answer = { id: rows[0]?.id, version: rows[0]?.version };
  // Seeded defect: without the key a repeated write is a second write.
  if (settings.blindRetry) return answer;
  const kept = await session.query('keep key', keepAnswer, [note.idempotencyKey, JSON.stringify(answer)]);
  if (kept.length > 0) {
    if (settings.memoQueue) await session.query('memo message', insertMessage, [note.key, note.body]);
    return answer;
  }
  const found = await session.query<{ answer: Record<string, unknown> }>(
    'find key',
    'SELECT answer FROM idempotency_keys WHERE key = $1',
    [note.idempotencyKey],
  );
  throw new Replay({ status: 200, body: { ...found[0]?.answer, replayed: true } });
};

const readNote = 'SELECT id, key, tenant_id AS tenant, body, version FROM notes WHERE key = $1';

const newNote = (request: FastifyRequest, key: string): NewNote => {
  const body = (request.body ?? {}) as Body;
  return { key, tenant: textOf(body, 'tenant'), body: textOf(body, 'body'), idempotencyKey: keyOf(request) };
};

/** PUT /notes/:key and GET /notes/:key. */
export const addNoteRoutes = (app: FastifyInstance, context: Context, writes: Writes): void => {
  app.put<{ Params: { key: string } }>('/notes/:key', async (request, reply) => {
    const note = newNote(request as FastifyRequest, request.params.key);
    await writes.ensureTenant(note.tenant);
    const answer = await writes.write(
      'put note',
      true,
      async (session) => ({ status: 200, body: await putNote(context, session, note) }),
      (early) => void reply.status(early.status).send(early.body),
    );
    return reply.sent ? reply : reply.status(answer.status).send(answer.body);
  });
  app.get<{ Params: { key: string } }>('/notes/:key', async ({ params }) => {
    const rows = await context.pool.query('read note', readNote, [params.key]);
    if (rows[0] === undefined) throw notFound(`note ${params.key}`);
    return rows[0];
  });
};
