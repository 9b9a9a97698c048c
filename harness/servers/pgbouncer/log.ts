/** WARNING and above. Lines with `closing because:` repeat them at level LOG, and are passed over. */
const problem = / (?:WARNING|ERROR|FATAL) (?:\S+: \S+ )?(?:pooler error: )?(.*)$/;

/** The error in a line of PgBouncer's log, without who had it; null for a line that is none. */
export const errorInLog = (line: string): string | null => problem.exec(line)?.[1] ?? null;
