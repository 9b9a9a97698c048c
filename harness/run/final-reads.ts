/** What is read once the load has ended: what the service promised against what the database holds. */
import { ledgerFileOf, type SqlAnswers } from '../archive/entry-files.ts';
import { runCheckers } from '../check/check.ts';
import type { ReadQuery } from '../check/checker.ts';
import { settle, stallMsOf, type Settled } from '../check/settle.ts';
import { readLedger, type Ledger } from '../load/ledger.ts';
import { declaredObservations } from '../measure/declared-observations.ts';
import type { PlanEntry } from '../profile/plan.ts';
import { limitedSql } from '../servers/postgres/limited-sql.ts';
import type { LiveEntry } from './contexts.ts';
import { liftLatency } from './lift-latency.ts';
import { plantIntoLedger } from './plant.ts';

/** The time in which all work must end: jobs take 2 to 3 s, a backlog after a burst some more. */
const settleLimitMs = 20_000;
/** An hour's rows are counted in seconds; nothing that a reader waits for may hold a lock that long. */
const readLimits = { statementMs: 300_000, lockMs: 30_000 };

/** The first column of the first row as a number; null where the query failed or gave no number. */
const answerOf = async (query: ReadQuery, text: string): Promise<number | null> => {
  const [row] = await query(text).catch(() => []);
  const value = Number(Object.values(row ?? {})[0]);
  return Number.isFinite(value) ? value : null;
};

const askSymptoms = async (planned: PlanEntry, query: ReadQuery): Promise<SqlAnswers> => {
  const answers: SqlAnswers = {};
  for (const { id, observe } of declaredObservations(planned))
    if (observe?.kind === 'sql') answers[id] = await answerOf(query, observe.query);
  return answers;
};

const readOwnLedger = ({ planned, prepared, folder, clock }: LiveEntry): Promise<Ledger> => {
  const file = ledgerFileOf(folder, planned.entry);
  plantIntoLedger(file, prepared.request.plant);
  return readLedger(file, clock.startEpochMs);
};

const untilSettled = async (live: LiveEntry, query: ReadQuery): Promise<Settled> => {
  const { stack, service, planned, folder, clock, signal } = live;
  const settled = await settle({
    query,
    poolers: stack.poolers,
    poolMode: stack.spec.pooler.mode,
    limitMs: settleLimitMs,
    stallMs: stallMsOf(service.settings),
    signal,
  });
  folder.event(clock.nowMs(), 'settled', { entry: planned.entry, ...settled });
  return settled;
};

/**
 * Waits until nothing moves any more, then reads what the service promised against what the database holds. A
 * stranger's service promised nothing to us: its script keeps no ledger, and of its tables nothing is known.
 */
export const settleAndCheck = async (live: LiveEntry): Promise<void> => {
  const { stack, service, measured, planned, folder, clock } = live;
  if (live.script !== null) return;
  const ledger = await readOwnLedger(live);
  measured.ledger = ledger;
  if (await liftLatency(stack)) folder.event(clock.nowMs(), 'latency-lifted', { entry: planned.entry });
  await using client = await limitedSql(stack.databaseUrl('owner'), 'pgsurge-check', 'a final read', readLimits);
  const query: ReadQuery = (text, values) => client.query(text, values);
  const { outcome, reason } = await untilSettled(live, query);
  measured.sqlAnswers = await askSymptoms(planned, query);
  measured.facts.checks = await runCheckers({
    ledger,
    sent: measured.facts.loadTotals?.writes ?? null,
    query,
    unsettled: outcome === 'unsettled' ? reason : null,
    late: outcome === 'late' ? { afterSeconds: settleLimitMs / 1000, reason } : null,
    settings: service.settings,
  });
};
