import type { Ledger } from '../load/ledger.ts';
import type { CheckResult } from '../result.ts';

/** Asks the database one question in a session that can only read. */
export type ReadQuery = <Row extends Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface CheckContext {
  ledger: Ledger;
  /** How many writes k6 counted as sent, by operation; null or absent where it gave no figures. */
  sent?: Readonly<Record<string, number>> | null;
  query: ReadQuery;
  /**
   * Why it is not known whether what is still open will end; null after a drain, and after a stall, which is judged
   * like one.
   */
  unsettled: string | null;
  /**
   * Work was still open, and moving, when the time was over in which the service had to end it: that time, and what was
   * seen. What is open then broke its promise, though it may yet end. Null or absent: it was not so.
   */
  late?: { afterSeconds: number; reason: string } | null;
  /** The service's settings in force. */
  settings: Readonly<Record<string, unknown>>;
}

/** What a checker says it found; the runner makes a status of it. */
export type Findings = Pick<CheckResult, 'examined' | 'violations' | 'reason' | 'examples' | 'counts'> & {
  /** A kind of write of which nothing is known, whatever the others show: without a violation it is inconclusive. */
  unknown?: string | null;
};

/** Finds lost or corrupt data after the settle gate; one file under `harness/check/checkers/`. */
export interface Checker {
  id: string;
  title: string;
  invariant: string;
  /** It compares with the ledger, so an unreadable ledger leaves it inconclusive. */
  readsLedger?: boolean;
  /** What it promises holds of work that has ended, so while some moves it can find violations and prove nothing. */
  needsDrain?: boolean;
  /** `inconclusive` when it throws or examined nothing: the runner sees to that. */
  check(context: CheckContext): Promise<Findings>;
}
