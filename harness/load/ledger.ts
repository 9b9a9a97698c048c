import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the load knows of one write, from the ledger: outside the database, keyed by the client. */
export interface LedgerOperation {
  key: string;
  operation: string;
  /** What was asked for, as the database must hold it. */
  content: Record<string, string | number | null>;
  invokedAtMs: number;
  outcome: 'ok' | 'fail' | 'unknown';
  /** Id that the service gave, for `ok`. */
  id: string | null;
  completedAtMs: number | null;
}

export interface Ledger {
  operations: readonly LedgerOperation[];
  /** Attempts that were sent, by operation, as far as the lines say. */
  attempts?: Readonly<Record<string, number>>;
  /** Lines that could not be read: more than a torn last line makes checkers inconclusive. */
  unreadable: number;
}

/** A line as k6 wrote it: event, key, operation, content, id and time. */
interface LedgerLine {
  e: string;
  k?: string;
  op?: string;
  c?: LedgerOperation['content'];
  id?: string | null;
  t?: number;
}

/** An operation while its lines come in: attempts whose answer is not there yet count as unknown at the end. */
interface OpenOperation extends LedgerOperation {
  openAttempts: number;
}

/** ok beats unknown beats fail: one attempt that may have been done is not undone by a later one that was not. */
const better = (
  known: LedgerOperation['outcome'] | null,
  next: LedgerOperation['outcome'],
): LedgerOperation['outcome'] => {
  if (known === 'ok' || next === 'ok') return 'ok';
  return known === 'unknown' || next === 'unknown' ? 'unknown' : 'fail';
};

const parse = (text: string): LedgerLine | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && typeof (value as LedgerLine).e === 'string'
      ? (value as LedgerLine)
      : null;
  } catch {
    return null;
  }
};

class LedgerBuilder {
  readonly #operations = new Map<string, OpenOperation>();
  readonly #answered = new Set<string>();
  readonly #attempts: Record<string, number> = {};
  readonly #startEpochMs: number;
  unreadable = 0;

  constructor(startEpochMs: number) {
    this.#startEpochMs = startEpochMs;
  }

  add(text: string): void {
    if (text === '') return;
    const line = parse(text);
    if (line?.e === 'start') return;
    if (line === null || typeof line.k !== 'string' || typeof line.t !== 'number') this.unreadable += 1;
    else if (line.e === 'invoke') this.#invoke(line.k, line, line.t - this.#startEpochMs);
    else if (line.e === 'ok' || line.e === 'fail' || line.e === 'unknown')
      this.#answer(line.k, line.e, line.id ?? null, line.t - this.#startEpochMs);
    else this.unreadable += 1;
  }

  #invoke(key: string, line: LedgerLine, atMs: number): void {
    const known = this.#operations.get(key);
    const operation = line.op ?? '';
    this.#attempts[operation] = (this.#attempts[operation] ?? 0) + 1;
    if (known !== undefined) {
      known.openAttempts += 1;
      return;
    }
    this.#operations.set(key, {
      key,
      operation,
      content: line.c ?? {},
      invokedAtMs: atMs,
      outcome: 'unknown',
      id: null,
      completedAtMs: null,
      openAttempts: 1,
    });
  }

  /** An answer to something never sent cannot be: the file is damaged there. */
  #answer(key: string, outcome: LedgerOperation['outcome'], id: string | null, atMs: number): void {
    const known = this.#operations.get(key);
    if (known === undefined || known.openAttempts === 0) {
      this.unreadable += 1;
      return;
    }
    known.openAttempts -= 1;
    known.outcome = better(this.#answered.has(key) ? known.outcome : null, outcome);
    this.#answered.add(key);
    if (outcome === 'ok') known.id = id;
    known.completedAtMs = atMs;
  }

  finish(): Ledger {
    const operations = Array.from(this.#operations.values(), ({ openAttempts, ...operation }): LedgerOperation => {
      const outcome = openAttempts > 0 ? better(operation.outcome, 'unknown') : operation.outcome;
      return { ...operation, outcome, completedAtMs: outcome === 'unknown' ? null : operation.completedAtMs };
    });
    this.#operations.clear();
    return { operations, attempts: this.#attempts, unreadable: this.unreadable };
  }
}

/**
 * The ledger that k6 wrote, one operation per key. `startEpochMs` is the run's start; times become ms from there.
 * A missing file is an empty ledger with one unreadable line, so that nothing is judged from it.
 */
export const readLedger = async (file: string, startEpochMs: number): Promise<Ledger> => {
  if (!existsSync(file)) return { operations: [], unreadable: 1 };
  const builder = new LedgerBuilder(startEpochMs);
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity }))
    builder.add(line);
  return builder.finish();
};

/** How the operations ended, as the report prints them. */
export const countOutcomes = ({
  operations,
}: Ledger): { invoked: number; ok: number; fail: number; unknown: number } => {
  const counts = { invoked: operations.length, ok: 0, fail: 0, unknown: 0 };
  for (const { outcome } of operations) counts[outcome] += 1;
  return counts;
};
