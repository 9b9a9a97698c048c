/**
 * One message of the memo queue: read it, let two models classify and memorize it, save the memo. Seed 004 did all of
 * it in one transaction, so that a connection was held for as long as the models took.
 */
import { NothingToDo, type Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { askModel } from './ai.ts';

type Message = { id: string; body: string };

/** Longer than both models may take. */
const takenSeconds = 120;

const next = `
  SELECT id, body FROM memo_messages
  WHERE done_at IS NULL AND due_at <= now() AND (taken_until IS NULL OR taken_until < now())
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`;

const think = async (context: Context, { body }: Message): Promise<string> => {
  const classification = await askModel(context, 'classify', body);
  return askModel(context, 'memorize', `${classification}: ${body}`);
};

const save = async (session: Session, { id }: Message, text: string): Promise<void> => {
  await session.query('save memo', 'INSERT INTO memos (message_id, text) VALUES ($1, $2)', [id, text]);
  await session.query('finish message', 'UPDATE memo_messages SET done_at = now() WHERE id = $1', [id]);
};

const unlessNothingToDo = (error: unknown): void => {
  if (!(error instanceof NothingToDo)) throw error;
};

/** The seed's own way: the transaction stays open while the AI is asked. */
const handleInTransaction = async (context: Context): Promise<void> => {
  const handled = context.pool.transaction('memo', async (session) => {
    const [message] = await session.query<Message>('next message', next);
    if (message === undefined) throw new NothingToDo('no message is due');
    await save(session, message, await think(context, message));
  });
  await handled.catch(unlessNothingToDo);
};

const handleWithoutConnection = async (context: Context): Promise<void> => {
  const { pool } = context;
  const taken = `WITH next AS (${next}) UPDATE memo_messages SET taken_until = now() + make_interval(secs => $1)
    FROM next WHERE memo_messages.id = next.id RETURNING next.id, next.body`;
  const [message] = await pool.query<Message>('take message', taken, [takenSeconds]);
  if (message === undefined) return;
  const text = await think(context, message).catch(async (error: unknown) => {
    await pool.query('give message back', 'UPDATE memo_messages SET taken_until = NULL WHERE id = $1', [message.id]);
    throw error;
  });
  await pool.transaction('memo', (session) => save(session, message, text));
};

/** The next message that nobody has, if there is one. */
export const handleMessage = (context: Context): Promise<void> =>
  context.settings.memoHold === 'transaction' ? handleInTransaction(context) : handleWithoutConnection(context);
