/**
 * Writes with an idempotency key: the key is stored in the write's own transaction, so that a repeated
 * request is answered with what the first one did, whether or not its answer arrived.
 */
import { Abandon, type Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { withRetries } from '../retry.ts';
import { pause } from '../wait.ts';

export interface Answer {
  status: number;
  body: unknown;
}
type Work = (session: Session) => Promise<Answer>;
/** Answers the request before the write is over; only the seeded defects use it. */
type AnswerEarly = (answer: Answer) => void;

/** Carries the stored answer out of a transaction that found its key taken. */
export class Replay extends Abandon {
  override readonly settles = true;
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('replayed');
    this.answer = answer;
  }
}

/** Carries out a write that is acknowledged and then given up: the plant dropEveryNthWrite. */
class Dropped extends Abandon {
  override readonly settles = true;
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('dropped');
    this.answer = answer;
  }
}

export interface Writes {
  /** Runs the work in a transaction, with retries where it surely did not commit or its key makes a repetition safe. */
  write(name: string, mayDrop: boolean, work: Work, answerEarly: AnswerEarly): Promise<Answer>;
  /**
   * Writes the tenant's row where this replica does not know it yet. It is no part of the write's transaction,
   * in which other writes of the tenant would wait for that row.
   */
  ensureTenant(tenant: string): Promise<void>;
}

/** Says of each write whether the plant dropEveryNthWrite drops it. */
const dropper = ({
  settings: { dropEveryNthWrite: every },
  replica,
  replicas,
}: Context): ((may: boolean) => boolean) => {
  // Replicas count from different places, so that a short run meets the plant too.
  let sinceDrop = Math.floor((every * (replica + 1)) / (replicas + 1));
  return (may) => {
    if (every === 0) return false;
    sinceDrop += 1;
    if (!may || sinceDrop < every) return false;
    sinceDrop = 0;
    return true;
  };
};

/** How long the seeded defect ackBeforeCommit gathers writes before it commits them. */
const gatherMs = 200;

const tenantStatement = 'INSERT INTO tenants (id, name) VALUES ($1, $1) ON CONFLICT DO NOTHING';

/** Tenants that this replica knows to have a row, and a way to make one. */
const tenantRows = ({ pool }: Context): Writes['ensureTenant'] => {
  const tenants = new Map<string, Promise<void>>();
  return (tenant) => {
    const known = tenants.get(tenant) ?? pool.query('insert tenant', tenantStatement, [tenant]).then(() => undefined);
    tenants.set(tenant, known);
    return known.catch((error: unknown) => {
      tenants.delete(tenant);
      throw error;
    });
  };
};

/** Seeded defect: the work is done and acknowledged, but its transaction rolls back. */
const dropping =
  (work: Work): Work =>
  async (session) => {
    throw new Dropped(await work(session));
  };

export const createWrites = (context: Context): Writes => {
  const { pool, settings } = context;
  const dropsThis = dropper(context);
  const once = (name: string, work: Work, answerEarly: AnswerEarly): Promise<Answer> => {
    const acknowledge = async (answer: Answer): Promise<void> => {
      answerEarly(answer);
      await pause(gatherMs);
    };
    return pool.transaction(name, work, settings.ackBeforeCommit ? acknowledge : undefined);
  };
  return {
    write: async (name, mayDrop, work, answerEarly) => {
      const body = dropsThis(mayDrop) ? dropping(work) : work;
      try {
        return await withRetries(settings.writeRetries, settings.retryBackoffMs, () => once(name, body, answerEarly));
      } catch (error) {
        if (error instanceof Replay || error instanceof Dropped) return error.answer;
        throw error;
      }
    },
    ensureTenant: tenantRows(context),
  };
};
