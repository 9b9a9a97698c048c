/**
 * What becomes of a link to a page that is a task already: its priority rises. Every link by itself, only where it
 * changes something, gathered for a while, or told to whoever listens (001).
 */
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import type { Tally } from '../metrics.ts';
import type { Settings } from '../settings.ts';

/** The nearer to the top of its page a link stands, the more it is worth. */
const worth = { high: 0.9, medium: 0.7, low: 0.6 } as const;
type Tier = keyof typeof worth;

const tierOf = (position: number, links: number): Tier => {
  if (position === 0) return 'high';
  return position <= links / 3 ? 'medium' : 'low';
};

/** A page's links that are tasks already, with the priority that each has. */
export type KnownLinks = ReadonlyMap<string, number>;

export interface Priorities {
  /** Within the transaction that completes the page on which the links stand, in the modes that write there. */
  raise(session: Session, jobId: string, links: readonly string[], known: KnownLinks): Promise<void>;
  /** Once it is committed, in the other modes: nothing is lost with a priority that does not rise. */
  committed(jobId: string, links: readonly string[], known: KnownLinks): Promise<void>;
  /** What was gathered for it is written. */
  jobEnded(jobId: string): Promise<void>;
  /** Takes the payload of a notification. */
  heard(payload: string | undefined): void;
  stop(): Promise<void>;
}

type Rises = Map<string, number>;
type Raise = (session: Session, jobId: string, rises: Rises, tier: Tier, known: KnownLinks) => Promise<void> | void;

const risesByTier = (links: readonly string[], known: KnownLinks): [Tier, Rises][] => {
  const tiers: Record<Tier, Rises> = { high: new Map(), medium: new Map(), low: new Map() };
  links.forEach((url, position) => {
    const tier = tierOf(position, links.length);
    if (known.has(url)) tiers[tier].set(url, worth[tier]);
  });
  return (Object.entries(tiers) as [Tier, Rises][]).filter(([, rises]) => rises.size > 0);
};

/** What would change nothing is not sent to the database at all. */
const changing = (rises: Rises, known: KnownLinks): Rises =>
  new Map([...rises].filter(([url, priority]) => priority > (known.get(url) ?? 0)));

class Writer {
  readonly #updates: Tally;

  constructor({ metrics }: Context) {
    this.#updates = metrics.tally('priority_updates', 'Priority updates by what they changed');
  }

  skipped(count: number): void {
    if (count > 0) this.#updates.add(count, { result: 'skipped' });
  }

  async write(session: Pick<Session, 'query'>, jobId: string, rises: Rises, skipUnchanged: boolean): Promise<void> {
    if (rises.size === 0) return;
    const rows = await session.query<{ written: number; changed: number }>(
      'update priority',
      'SELECT * FROM raise_priorities($1, $2, $3, $4)',
      [jobId, [...rises.keys()], [...rises.values()], skipUnchanged],
    );
    const { written = 0, changed = 0 } = rows[0] ?? {};
    if (changed > 0) this.#updates.add(changed, { result: 'changed' });
    if (written > changed) this.#updates.add(written - changed, { result: 'no-op' });
    this.skipped(rises.size - written);
  }
}

/** Rises by job, of which the highest of each page counts; written together, by one statement for a job. */
class Gathered {
  readonly #rises = new Map<string, Rises>();
  readonly #context: Context;
  readonly #writer: Writer;

  constructor(context: Context, writer: Writer) {
    this.#context = context;
    this.#writer = writer;
  }

  add(jobId: string, rises: Iterable<readonly [string, number]>): void {
    const own = this.#rises.get(jobId) ?? new Map<string, number>();
    for (const [url, priority] of rises) own.set(url, Math.max(priority, own.get(url) ?? 0));
    this.#rises.set(jobId, own);
  }

  async write(jobId: string): Promise<void> {
    const rises = this.#rises.get(jobId);
    if (rises === undefined) return;
    this.#rises.delete(jobId);
    try {
      await this.#writer.write(this.#context.pool, jobId, rises, true);
    } catch (error) {
      this.add(jobId, rises);
      this.#context.log.warn(`priorities of job ${jobId}: ${messageOf(error)}; written later`);
    }
  }

  async writeAll(): Promise<void> {
    // What cannot be written is gathered again, and must not be met again here.
    const jobs = Array.from(this.#rises.keys());
    for (const jobId of jobs) await this.write(jobId);
  }
}

const every = (ms: number, gathered: Gathered): NodeJS.Timeout => setInterval(() => void gathered.writeAll(), ms);

/** Each link by itself, as the seed's first service did; it changes something or it does not. */
const eachLink =
  (writer: Writer): Raise =>
  async (session, jobId, rises) => {
    for (const one of rises) await writer.write(session, jobId, new Map([one]), false);
  };

const onlyChanges =
  (writer: Writer): Raise =>
  async (session, jobId, rises, _tier, known) => {
    const needed = changing(rises, known);
    writer.skipped(rises.size - needed.size);
    await writer.write(session, jobId, needed, true);
  };

const debounced =
  (writer: Writer, later: Record<'medium' | 'low', Gathered>): Raise =>
  (session, jobId, rises, tier, known) => {
    const needed = changing(rises, known);
    writer.skipped(rises.size - needed.size);
    if (tier === 'high') return writer.write(session, jobId, needed, true);
    if (needed.size > 0) later[tier].add(jobId, needed);
    return undefined;
  };

/** In the transaction: whoever listens hears of it when it commits, and not at all when it does not. */
const notified =
  (writer: Writer): Raise =>
  async (session, jobId, rises, _tier, known) => {
    const needed = changing(rises, known);
    writer.skipped(rises.size - needed.size);
    if (needed.size === 0) return;
    const payload = JSON.stringify({ job: jobId, rises: [...needed] });
    await session.query('notify priorities', `SELECT pg_notify('priority_updates', $1)`, [payload]);
  };

const raiseOf = (context: Context, writer: Writer, later: Record<'medium' | 'low', Gathered>): Raise => {
  switch (context.settings.priorityMode) {
    case 'each-link':
      return eachLink(writer);
    case 'no-op-detection':
      return onlyChanges(writer);
    case 'debounced':
      return debounced(writer, later);
    case 'notify':
      return notified(writer);
  }
};

/**
 * A transaction that raises a priority keeps the row to its end, some five round trips later, and no claim takes it
 * meanwhile: one task in twenty started 200 ms late for that.
 */
const writesInTransaction: Record<Settings['priorityMode'], boolean> = {
  'each-link': true,
  'no-op-detection': false,
  debounced: false,
  notify: true,
};

export const createPriorities = (context: Context): Priorities => {
  const { settings, log, pool } = context;
  const writer = new Writer(context);
  const later = { medium: new Gathered(context, writer), low: new Gathered(context, writer) };
  const told = new Gathered(context, writer);
  const timers = [
    every(settings.priorityMediumDelayMs, later.medium),
    every(settings.priorityLowDelayMs, later.low),
    every(settings.priorityBatchMs, told),
  ];
  const raise = raiseOf(context, writer, later);
  const inTransaction = writesInTransaction[settings.priorityMode];
  const raiseAll: Priorities['raise'] = async (session, jobId, links, known) => {
    for (const [tier, rises] of risesByTier(links, known)) await raise(session, jobId, rises, tier, known);
  };
  return {
    raise: async (...links) => {
      if (inTransaction) await raiseAll(...links);
    },
    committed: async (jobId, links, known) => {
      if (inTransaction) return;
      await raiseAll(pool, jobId, links, known).catch((error: unknown) => {
        log.warn(`priorities of job ${jobId} did not rise: ${messageOf(error)}`);
      });
    },
    jobEnded: async (jobId) => {
      await later.medium.write(jobId);
      await later.low.write(jobId);
    },
    heard: (payload) => {
      if (payload === undefined || payload === '') return;
      try {
        const { job, rises } = JSON.parse(payload) as { job: string; rises: [string, number][] };
        told.add(job, rises);
      } catch (error) {
        log.warn(`a notification of priorities cannot be read: ${messageOf(error)}`);
      }
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      for (const gathered of [later.medium, later.low, told]) await gathered.writeAll();
    },
  };
};
