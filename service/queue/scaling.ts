/** How many queue workers a replica has: looked at again and again, each time with a decision and its reason (001). */
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import { pause } from '../wait.ts';
import type { Crew } from './crew.ts';

interface QueueState {
  workers: number;
  busy: number;
  pending: number;
  poolUsed: number;
  poolMax: number;
  cap: number;
  least: number;
  idleLooks: number;
}

interface Decision {
  decision: 'scale_up' | 'scale_down' | 'no_change';
  reason: string;
  workers: number;
}

/** Of the app pool, so that the workers leave some of it to requests. */
const shareForWorkers = 0.8;
/** Workers that have nothing to do are kept for so many looks. */
const looksUntilDown = 3;
const step = 4;

export const decide = ({ workers, busy, pending, poolUsed, poolMax, cap, least, idleLooks }: QueueState): Decision => {
  const stay = (reason: string): Decision => ({ decision: 'no_change', reason, workers });
  if (pending > 0 && busy >= workers) {
    if (workers >= cap) return stay('at_cap');
    if (poolUsed >= shareForWorkers * poolMax) return stay('no_pool_headroom');
    return { decision: 'scale_up', reason: 'all_busy', workers: Math.min(cap, workers + step) };
  }
  if (idleLooks >= looksUntilDown && workers > least)
    return { decision: 'scale_down', reason: 'idle', workers: Math.max(least, workers - step) };
  if (pending > 0) return stay('workers_free');
  return stay(workers > least ? 'not_idle_for_long' : 'at_least');
};

const record = `
  INSERT INTO scaling_evaluations (replica, workers, busy, pending, pool_used, pool_max, cap, least, idle_looks,
    decision, reason, workers_then)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const countPending = `
  SELECT count(*)::int AS pending FROM (SELECT 1 FROM tasks WHERE status = 'pending' LIMIT 1000) AS first_ones`;

const capOf = ({ settings }: Context, atFirst: number): number => {
  const byPool = Math.floor(settings.appPoolMax * shareForWorkers);
  // Seeded defect: the cap is what there was at the start, so that no look ever leads to anything.
  return settings.scalingMode === 'silent' ? atFirst : Math.min(settings.scalingMaxWorkers, byPool);
};

class Scaler {
  readonly #context: Context;
  readonly #crew: Crew;
  readonly #cap: number;
  readonly #tell: (seen: QueueState, decision: Decision) => void;
  #idleLooks = 0;

  constructor(context: Context, crew: Crew) {
    const decisions = context.metrics.tally(
      'scaling_decisions',
      'Looks at the number of workers, by what came of them',
    );
    this.#context = context;
    this.#crew = crew;
    this.#cap = capOf(context, crew.count());
    this.#tell = ({ workers, busy, pending, poolUsed, poolMax, cap }, { decision, reason, workers: then }) => {
      decisions.add(1, { decision, reason });
      const looked = `${pending} pending, ${busy} of ${workers} busy, pool ${poolUsed} of ${poolMax}, cap ${cap}`;
      context.log.info(`scaling: ${decision} (${reason}) ${workers} → ${then}: ${looked}`);
    };
  }

  async #look(): Promise<QueueState> {
    const { pool, settings } = this.#context;
    const rows = await pool.query<{ pending: number }>('count pending', countPending);
    const [workers, busy] = [this.#crew.count(), this.#crew.busy()];
    this.#idleLooks = 2 * busy < workers ? this.#idleLooks + 1 : 0;
    const { total, idle } = pool.counts();
    return {
      workers,
      busy,
      pending: rows[0]?.pending ?? 0,
      poolUsed: total - idle,
      poolMax: settings.appPoolMax,
      cap: this.#cap,
      least: settings.scalingMinWorkers,
      idleLooks: this.#idleLooks,
    };
  }

  async pass(): Promise<void> {
    const { pool, settings, replica } = this.#context;
    const seen = await this.#look();
    const decision = decide(seen);
    const { workers, busy, pending, poolUsed, poolMax, cap, least, idleLooks } = seen;
    const values = [replica, workers, busy, pending, poolUsed, poolMax, cap, least, idleLooks];
    await pool.query('record scaling', record, [...values, decision.decision, decision.reason, decision.workers]);
    if (settings.scalingMode === 'decided') this.#tell(seen, decision);
    this.#crew.resize(decision.workers);
  }
}

/** Looks until the replica stops. */
export const scaleWorkers = async (context: Context, crew: Crew): Promise<void> => {
  const { settings, stopping, log } = context;
  if (settings.scalingMode === 'off') return;
  const scaler = new Scaler(context, crew);
  while (!stopping.aborted) {
    await pause(settings.scalingEveryMs, stopping);
    if (!stopping.aborted) await scaler.pass().catch((error: unknown) => log.warn(`scaling: ${messageOf(error)}`));
  }
};
