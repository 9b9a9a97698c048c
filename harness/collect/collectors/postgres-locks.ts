import type { Collector } from '../collector.ts';
import { groupGauge } from '../group-gauge.ts';
import { lockQueues, type LockSession } from '../lock-queue.ts';
import { holdQuickProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { watchSource } from '../source-watch.ts';

/** Asking who waits for whom takes the locks' own locks for a moment. */
const queueEveryMs = 1000;
const mostQueues = 40;

export const collector: Collector = {
  id: 'postgres-locks',
  title: 'Locks held and waited for, and who waits for whom',
  start: async (context) => {
    const probe = await holdQuickProbe(context);
    const [sql, queueSql] = [readSql('locks'), readSql('lock-queue')];
    const queues = groupGauge(context.sink, 'postgres.lock_queue', mostQueues);
    let askedAtMs = -Infinity;
    return watchSource(
      context,
      'postgres-locks',
      context.intervalMs,
      async (atMs) => {
        const [row] = await probe.value.query<{ held: number; waiting: number }>(sql);
        context.sink.sample('postgres.locks.held', {}, row?.held ?? NaN, atMs);
        context.sink.sample('postgres.locks.waiting', {}, row?.waiting ?? NaN, atMs);
        if (atMs - askedAtMs < queueEveryMs) return;
        const waiting = (row?.waiting ?? 0) > 0;
        queues(atMs, waiting ? lockQueues(await probe.value.query<LockSession>(queueSql)) : []);
        if (waiting) askedAtMs = atMs;
      },
      [probe],
    );
  },
};
