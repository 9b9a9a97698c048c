import type { Checker } from '../checker.ts';
import type { ReadQuery } from '../checker.ts';
import { ask, together } from '../found.ts';

// All that one pass dispatched was written by one statement, and so by one transaction.
const counted = `
  SELECT (SELECT count(*) FROM cron_schedules)::int AS schedules,
         (SELECT coalesce(max(count), 0) FROM (SELECT count(*) FROM cron_schedules GROUP BY queue_name) AS queues)::int AS of_one_queue,
         (SELECT count(*) FROM schedule_ticks)::int AS ticks,
         (SELECT coalesce(max(count), 0) FROM (SELECT count(*) FROM schedule_ticks GROUP BY queue_name, xmin::text) AS passes)::int AS most_in_one_pass`;

const countsOf = async (query: ReadQuery): Promise<Record<string, number>> => {
  const [row] = await query<{ schedules: number; of_one_queue: number; ticks: number; most_in_one_pass: number }>(counted);
  return row === undefined ? {} : { schedules: row.schedules, schedulesOfOneQueue: row.of_one_queue, ticks: row.ticks, mostInOnePass: row.most_in_one_pass };
};

export const checker: Checker = {
  id: 'schedule-ticks',
  title: 'Each tick of a schedule was dispatched once',
  invariant: 'I10',
  async check({ query }) {
    const twice = await ask(query, {
      examined: 'SELECT (SELECT count(*) FROM schedule_ticks) + (SELECT count(*) FROM cron_schedules) AS examined',
      violations: `
        SELECT queue_name || ' schedule ' || schedule_id || ': the tick of ' || min(due_at) || ' was dispatched ' || count(*) || ' times' AS what
        FROM schedule_ticks GROUP BY queue_name, schedule_id, date_trunc('milliseconds', due_at) HAVING count(*) > 1`,
      none: 'no tick was dispatched twice',
    });
    // Ticks missed while nothing ran are skipped by the declared rule, so a gap is one only if ticks before and after
    // it were dispatched in the same minute: then somebody ran and passed it over.
    const missed = await ask(query, {
      examined: 'SELECT 0 AS examined',
      violations: `
        WITH ordered AS (
          SELECT ticks.*, interval_seconds, lag(due_at) OVER before AS due_before, lag(dispatched_at) OVER before AS dispatched_before
          FROM schedule_ticks AS ticks JOIN cron_schedules ON cron_schedules.id = ticks.schedule_id
          WINDOW before AS (PARTITION BY schedule_id ORDER BY due_at)
        )
        SELECT queue_name || ' schedule ' || schedule_id || ': no tick between ' || due_before || ' and ' || due_at AS what
        FROM ordered WHERE due_at - due_before > make_interval(secs => interval_seconds * 1.5) AND dispatched_at - dispatched_before < interval '1 second'`,
      none: 'none was passed over',
    });
    return { ...together([twice, missed]), counts: await countsOf(query) };
  },
};
