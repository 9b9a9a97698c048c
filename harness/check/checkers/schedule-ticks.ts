import type { CheckContext, Checker, ReadQuery } from '../checker.ts';
import { ask, together } from '../questions.ts';

/** What one pass dispatched was written by one statement, so by one transaction: `xmin` tells the passes apart. */
const counted = `
  WITH queues AS (SELECT count(*) FROM cron_schedules GROUP BY queue_name),
  passes AS (SELECT count(*) FROM schedule_ticks GROUP BY queue_name, xmin::text)
  SELECT (SELECT count(*) FROM cron_schedules)::int AS "schedules",
         (SELECT coalesce(max(count), 0) FROM queues)::int AS "schedulesOfOneQueue",
         (SELECT count(*) FROM schedule_ticks)::int AS "ticks",
         (SELECT coalesce(max(count), 0) FROM passes)::int AS "mostInOnePass"`;

const countsOf = async (query: ReadQuery): Promise<Record<string, number>> =>
  (await query<Record<string, number>>(counted))[0] ?? {};

/**
 * The ticks; where there is none, the schedules, unless a tick was due in a pass that some manager surely had: passes
 * come one interval apart, the first one interval after the start. Then nothing was examined, and so nothing is known.
 */
const examinedBy = ({ settings }: CheckContext): string => {
  const passWithin = `make_interval(secs => ${Number(settings['scheduleManagerIntervalSeconds'] ?? 10) + 2})`;
  const lookahead = `make_interval(secs => ${Number(settings['scheduleLookaheadSeconds'] ?? 60)})`;
  return `
    SELECT CASE
      WHEN EXISTS (SELECT 1 FROM schedule_ticks) THEN (SELECT count(*) FROM schedule_ticks)
      WHEN EXISTS (SELECT 1 FROM workers WHERE kind = 'schedule-manager' AND started_at < now() - ${passWithin})
        AND EXISTS (SELECT 1 FROM cron_schedules WHERE next_tick_at < now() - ${passWithin} + ${lookahead}) THEN 0
      ELSE (SELECT count(*) FROM cron_schedules) END AS examined`;
};

/**
 * By the declared rule ticks missed while nothing ran are skipped, so a gap alone is no violation. It is one where the
 * tick right before a dispatched one is missing though it was still to come at that dispatch: that pass skipped it or
 * an earlier one did, and neither restarts nor crashes explain that. And where ticks before and after it were
 * dispatched within a second: somebody ran.
 */
const passedOver = `
  WITH ordered AS (
    SELECT ticks.*, make_interval(secs => interval_seconds) AS every,
        lag(due_at) OVER before AS due_before,
        lag(dispatched_at) OVER before AS dispatched_before
      FROM schedule_ticks AS ticks JOIN cron_schedules ON cron_schedules.id = ticks.schedule_id
      WINDOW before AS (PARTITION BY schedule_id ORDER BY due_at)
  )
  SELECT queue_name || ' schedule ' || schedule_id || ': no tick between ' || due_before || ' and ' || due_at
      || ', which was dispatched at ' || dispatched_at AS what
    FROM ordered
    WHERE due_at - due_before > every * 1.5
      AND (due_at - every > dispatched_at OR dispatched_at - dispatched_before < interval '1 second')`;

const dispatchedTwice = `
  SELECT queue_name || ' schedule ' || schedule_id || ': the tick of ' || min(due_at)
      || ' was dispatched ' || count(*) || ' times' AS what
    FROM schedule_ticks
    GROUP BY queue_name, schedule_id, date_trunc('milliseconds', due_at)
    HAVING count(*) > 1`;

export const checker: Checker = {
  id: 'schedule-ticks',
  title: 'Each tick of a schedule was dispatched once',
  invariant: 'I10',
  async check(context) {
    const { query } = context;
    const twice = await ask(query, {
      examined: examinedBy(context),
      violations: dispatchedTwice,
      none: 'no tick was dispatched twice',
    });
    const missed = await ask(query, {
      examined: 'SELECT 0 AS examined',
      violations: passedOver,
      none: 'none was passed over',
    });
    const counts = await countsOf(query);
    if (twice.examined === 0) return { ...together([twice, missed]), reason: 'no tick was ever dispatched', counts };
    if (counts['ticks'] === 0) return { ...twice, reason: 'no tick was due yet in a pass of any manager', counts };
    return { ...together([twice, missed]), counts };
  },
};
