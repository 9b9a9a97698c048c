/** Statements by what they cost, as pg_stat_statements keeps them: without literals. */
import { seriesOf } from '../../measure/tracks/observations.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import type { Seen } from './seen.ts';

export interface Statement {
  text: string;
  calls: number;
  seconds: number;
}

/** Those that were among the most called, or the dearest, at some look. */
export const topStatements = ({ observations, windows }: Seen): Statement[] =>
  seriesOf(observations, 'postgres.statement.calls').map((series) => ({
    text: series.labels['query'] ?? '',
    calls: Math.round(growthOf([series], windows)),
    seconds: growthOf(seriesOf(observations, 'postgres.statement.seconds', series.labels), windows),
  }));

/** Statements for each request; null where nobody counted, or nothing was asked. */
export const statementsPerRequest = ({
  taps,
  pooler,
  levels,
  requests,
}: Seen): { each: number; source: string } | null => {
  const asked = requests.all - requests.failed;
  if (asked <= 0) return null;
  const tapped = taps.reduce((total, { statements }) => total + statements.count, 0);
  if (tapped > 0) return { each: tapped / asked, source: 'the tap' };
  const counted = levels.growth('postgres.statements.calls');
  if (counted > 0) return { each: counted / asked, source: 'pg_stat_statements' };
  const pooled = pooler === null ? 0 : levels.growth('pooler.queries');
  return pooled > 0 ? { each: pooled / asked, source: 'SHOW STATS' } : null;
};
