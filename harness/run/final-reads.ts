/** What is read once the load has ended: what the service promised against what the database holds. */
import { runCheckers } from '../check/check.ts';
import { settle, stallMsOf } from '../check/settle.ts';
import type { ReadQuery } from '../check/checker.ts';
import type { Live } from './measure-entry.ts';
import { ledgerFileOf } from '../archive/entry-files.ts';
import { liftLatency } from './lift-latency.ts';
import { readLedger } from '../load/ledger.ts';
import { plantIntoLedger } from './plant.ts';
import type { PlanEntry } from '../profile/plan.ts';
import { limitedSql } from '../servers/postgres/limited-sql.ts';

/** Jobs take 2 to 3 s; a backlog after a burst some more. */
const settleLimitMs = 20_000;
/** An hour's rows are counted in seconds; nothing that a reader waits for may hold a lock that long. */
const readLimits = { statementMs: 300_000, lockMs: 30_000 };

const askSymptoms = async (planned: PlanEntry, query: ReadQuery): Promise<Record<string, number | null>> => {
  const { declaration, variant } = planned;
  const questions = [
    ...(variant.symptoms ?? declaration.symptoms ?? []).map(({ id, observe }) => ({ id, observe })),
    ...(declaration.claims ?? []).map(({ measure }, index) => ({ id: `claim:${index}`, observe: measure ?? null })),
  ];
  const answers: Record<string, number | null> = {};
  for (const { id, observe } of questions) {
    if (observe?.kind !== 'sql') continue;
    const rows = await query(observe.query).catch(() => []);
    const value = Number(Object.values(rows[0] ?? {})[0]);
    answers[id] = Number.isFinite(value) ? value : null;
  }
  return answers;
};

/** Waits until nothing moves any more, then reads what the service promised against what the database holds. */
export const check = async (live: Live): Promise<void> => {
  const { stack, measured, planned, folder, clock } = live;
  plantIntoLedger(ledgerFileOf(folder, planned.entry), live.prepared.request.plant);
  const ledger = await readLedger(ledgerFileOf(folder, planned.entry), clock.startEpochMs);
  measured.ledger = ledger;
  if (await liftLatency(stack)) folder.event(clock.nowMs(), 'latency-lifted', { entry: planned.entry });
  await using client = await limitedSql(stack.databaseUrl('owner'), 'pgsurge-check', 'a final read', readLimits);
  const query: ReadQuery = async (text, values) => (await client.query(text, values)).rows as never;
  const settled = await settle({
    query,
    poolerAdminUrls: stack.poolers.map(({ adminUrl }) => adminUrl),
    limitMs: settleLimitMs,
    stallMs: stallMsOf(live.service.settings),
    signal: live.signal,
  });
  folder.event(clock.nowMs(), 'settled', { entry: planned.entry, ...settled });
  measured.sqlAnswers = await askSymptoms(planned, query);
  measured.facts.checks = await runCheckers({
    ledger,
    query,
    unsettled: settled.outcome === 'unsettled' ? settled.reason : null,
    settings: live.service.settings,
  });
};
