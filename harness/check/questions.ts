import { formatCount } from '../measure/numbers-in-words.ts';
import type { Findings, ReadQuery } from './checker.ts';

interface Question {
  /** Gives one row {examined}: how many rows were looked at. */
  examined: string;
  /** Gives one row per violation, with a column `what` that describes it. */
  violations: string;
  /** What is said where there is no violation. */
  none: string;
}

/** How many violations a query brings home; the count goes on. */
const mostRows = 5;

/** Asks one set-based question: all violations are counted in the database, a few come back as examples. */
export const ask = async (
  query: ReadQuery,
  { examined, violations, none }: Question,
  values: unknown[] = [],
): Promise<Findings> => {
  const [seen] = await query<{ examined: string | number }>(examined);
  const rows = await query<{ what: string; found: string | number }>(
    `SELECT what::text, count(*) OVER () AS found FROM (${violations}) AS violations LIMIT ${mostRows}`,
    values,
  );
  const found = Number(rows[0]?.found ?? 0);
  return {
    examined: Number(seen?.examined ?? 0),
    violations: found,
    reason: found === 0 ? none : `${formatCount(found)} found`,
    examples: rows.map(({ what }) => what),
  };
};

/** Several answers as one. */
export const together = (answers: readonly Findings[]): Findings => ({
  examined: answers.reduce((total, { examined }) => total + examined, 0),
  violations: answers.reduce((total, { violations }) => total + violations, 0),
  reason:
    answers
      .filter(({ violations }) => violations > 0)
      .map(({ reason }) => reason)
      .join('; ') || answers.map(({ reason }) => reason).join('; '),
  examples: answers.flatMap(({ examples }) => examples.slice(0, 3)),
});
