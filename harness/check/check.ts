import { messageOf } from '../errors.ts';
import type { Ledger } from '../load/ledger.ts';
import { formatCount } from '../measure/numbers-in-words.ts';
import { loadFolder } from '../own-modules.ts';
import type { CheckResult } from '../result.ts';
import type { CheckContext, Checker, Findings } from './checker.ts';

const folder = new URL('./checkers/', import.meta.url);
const mostExamples = 5;

/** Every checker of the folder, by invariant. */
export const loadCheckers = async (): Promise<Checker[]> => {
  const checkers = await loadFolder<Checker>(folder, 'checker');
  return checkers.sort(
    (a, b) => Number(a.invariant.slice(1)) - Number(b.invariant.slice(1)) || a.id.localeCompare(b.id),
  );
};

const unknownResult = ({ id, title, invariant }: Checker, reason: string): CheckResult => ({
  id,
  title,
  invariant,
  status: 'inconclusive',
  examined: 0,
  violations: 0,
  reason,
  examples: [],
});

/** Promises are missing from the record, or stand in it twice: either way it is none. */
const unlikeSent = ({ attempts = {} }: Ledger, sent: CheckContext['sent']): string | null => {
  const differing = Object.entries(sent ?? {}).filter(([operation, count]) => (attempts[operation] ?? 0) !== count);
  if (differing.length === 0) return null;
  const words = differing.map(
    ([operation, count]) =>
      `${formatCount(attempts[operation] ?? 0)} of ${formatCount(count)} writes (${operation}) that k6 counted`,
  );
  return `the ledger holds ${words.join(', ')}: it is no record of what was promised`;
};

/** Why a checker that compares with the ledger can prove nothing with this one; null where it can. */
const withoutLedger = (checker: Checker, { ledger, sent }: CheckContext): CheckResult | null => {
  if (checker.readsLedger !== true) return null;
  // A kill tears at most the last line; more than that means that promises are missing from the record.
  if (ledger.unreadable > 1) return unknownResult(checker, `${ledger.unreadable} lines of the ledger cannot be read`);
  const differs = unlikeSent(ledger, sent);
  if (differs !== null) return unknownResult(checker, differs);
  if (ledger.operations.length > 0) return null;
  return {
    ...unknownResult(checker, 'the ledger holds no write, so nothing is known of what was promised'),
    empty: true,
  };
};

const withDelay = (reason: string, late: CheckContext['late']): string =>
  late == null ? reason : `${reason}, ${late.reason}`;

/**
 * A violation is one, whatever else; a checker that saw nothing, or that needed a drain and got none, proves nothing.
 */
const statusOf = (
  { examined, violations, reason, unknown = null }: Findings,
  { needsDrain }: Checker,
  { unsettled, late }: CheckContext,
): Pick<CheckResult, 'status' | 'empty' | 'reason'> => {
  if (violations > 0) return { status: 'violated', reason: needsDrain === true ? withDelay(reason, late) : reason };
  if (examined === 0)
    return { status: 'inconclusive', empty: true, reason: reason === '' ? 'there was nothing to examine' : reason };
  if (unknown !== null) return { status: 'inconclusive', reason: unknown };
  const restless = unsettled ?? late?.reason ?? null;
  if (needsDrain !== true || restless === null) return { status: 'ok', reason };
  return { status: 'inconclusive', reason: `not known, since the service did not come to rest (${restless})` };
};

const runChecker = async (checker: Checker, context: CheckContext): Promise<CheckResult> => {
  const unasked = withoutLedger(checker, context);
  if (unasked !== null) return unasked;
  const { id, title, invariant } = checker;
  try {
    const { unknown, ...findings } = await checker.check(context);
    const examples = findings.examples.slice(0, mostExamples);
    return { id, title, invariant, ...findings, examples, ...statusOf({ ...findings, unknown }, checker, context) };
  } catch (error) {
    return unknownResult(checker, `the checker broke: ${messageOf(error)}`);
  }
};

/** Grows with every write that a checker looks at; schedules go on ticking and are left out. */
const movement = `
  SELECT concat_ws(' ',
    (SELECT count(*) FROM jobs),
    (SELECT coalesce(max(id), 0) FROM task_transitions),
    (SELECT coalesce(max(id), 0) FROM task_effects),
    (SELECT coalesce(max(id), 0) FROM outbox_deliveries),
    (SELECT coalesce(sum(version), 0) FROM notes)) AS mark`;

/** Null where these tables are not there, as in a database of someone else's. */
const markOf = ({ query }: CheckContext): Promise<string | null> =>
  query<{ mark: string }>(movement).then(
    ([row]) => row?.mark ?? null,
    () => null,
  );

const allOf = async (checkers: readonly Checker[], context: CheckContext): Promise<CheckResult[]> => {
  const results: CheckResult[] = [];
  for (const checker of checkers) results.push(await runChecker(checker, context));
  return results;
};

/** What is well only as far as rows that moved meanwhile could show. */
const doubted = (result: CheckResult): CheckResult => {
  if (result.status !== 'ok') return result;
  const reason = 'rows still changed while they were read, twice: the service had not come to rest';
  return { ...result, status: 'inconclusive', reason };
};

/**
 * Runs all checkers one after the other after the settle gate. Reads only. After a drain or a stall nothing may move
 * any more: where something did while they read, they read again, and if it moved again, what they found to be well is
 * not known. `given` is for tests; by default the folder's.
 */
export const runCheckers = async (context: CheckContext, given?: readonly Checker[]): Promise<CheckResult[]> => {
  const checkers = given ?? (await loadCheckers());
  for (let reading = 1; ; reading += 1) {
    const before = await markOf(context);
    const results = await allOf(checkers, context);
    const isMoving = context.unsettled !== null || context.late != null;
    const still = isMoving || before === (await markOf(context));
    if (still) return results;
    if (reading === 2) return results.map(doubted);
  }
};
