import type { CheckContext, Checker } from '../checker.ts';
import { ask, together } from '../questions.ts';

const markedOnly = `
  SELECT 'event ' || outbox.id || ' is marked as delivered and nobody received it' AS what
    FROM outbox
    WHERE delivered_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM outbox_deliveries WHERE outbox_id = outbox.id)`;

const neverDelivered = `
  SELECT 'event ' || id || ' was never delivered' AS what FROM outbox WHERE delivered_at IS NULL`;

/** While work moves, an event that was just written is on its way. */
const notDeliveredInTime = (afterSeconds: number): string => `
  SELECT 'event ' || id || ' was not delivered in time, written ' || created_at AS what
    FROM outbox
    WHERE delivered_at IS NULL AND created_at < now() - interval '${afterSeconds} seconds'`;

const undeliveredOf = ({ unsettled, late }: CheckContext): string[] => {
  if (late != null) return [notDeliveredInTime(late.afterSeconds)];
  return unsettled === null ? [neverDelivered] : [];
};

const outOfOrder = `
  WITH firsts AS (SELECT key, sequence, min(id) AS first FROM outbox_deliveries GROUP BY key, sequence),
  ordered AS (SELECT key, sequence, lag(sequence) OVER (PARTITION BY key ORDER BY first) AS before FROM firsts)
  SELECT 'key ' || key || ': ' || sequence || ' was received after ' || before AS what
    FROM ordered WHERE before > sequence`;

export const checker: Checker = {
  id: 'outbox-delivery',
  title: 'Events were delivered at least once, in order per key',
  invariant: 'I11',
  needsDrain: true,
  async check(context) {
    const { query } = context;
    const undelivered = await ask(query, {
      examined: 'SELECT count(*) AS examined FROM outbox',
      violations: [markedOnly, ...undeliveredOf(context)].join(' UNION ALL'),
      none: 'every event was delivered',
    });
    const disordered = await ask(query, {
      examined: 'SELECT count(*) AS examined FROM outbox_deliveries',
      violations: outOfOrder,
      none: 'each key in order',
    });
    return together([undelivered, disordered]);
  },
};
