/** What the database reads for each transaction, and which statement takes the time: rows that are looked through. */
import type { Seen } from './seen.ts';
import { topStatements, type Statement } from './statements.ts';

/** The dearest statement, where transactions look through far more rows than they change or give back. */
export interface Scan extends Statement {
  rowsRead: number;
  pagesRead: number;
  /** What all statements gave to their clients. Null: nobody counted. */
  rowsGiven: number | null;
  /** Of the time of all statements that are known by their text. */
  share: number;
}

/** A page of a shop reads some hundred. From here on a table is gone through, or a good part of one. */
const manyRows = 1500;
/** Rows of a small table lie on a few pages and cost next to nothing. */
const manyPages = 100;
/** A report that gives back what it reads is what was asked for. */
const fewestReadForEach = 20;
/** A statement of fewer is quick, whatever it reads. */
const fewestSeconds = 0.003;
const leastShare = 1 / 3;
/** Of one session's time: a scan once in a while is nobody's trouble. */
const leastBusy = 0.05;

/** Whatever else the transactions ran. Null: nobody counted, or there were hardly any but the probes' own. */
const readOf = ({ levels, seconds }: Seen): Pick<Scan, 'rowsRead' | 'pagesRead' | 'rowsGiven'> | null => {
  const transactions = levels.growth('postgres.commits') + levels.growth('postgres.rollbacks');
  if (transactions < 10 * seconds) return null;
  const pages = levels.growth('postgres.blocks.hit') + levels.growth('postgres.blocks.read');
  const given = levels.has('postgres.statements.rows') ? levels.growth('postgres.statements.rows') : null;
  return {
    rowsRead: levels.growth('postgres.tuples.returned') / transactions,
    pagesRead: pages / transactions,
    rowsGiven: given === null ? null : given / transactions,
  };
};

const isMuch = ({ rowsRead, pagesRead, rowsGiven }: Pick<Scan, 'rowsRead' | 'pagesRead' | 'rowsGiven'>): boolean =>
  rowsRead >= manyRows && pagesRead >= manyPages && (rowsGiven === null || rowsRead >= fewestReadForEach * rowsGiven);

/** By its own pages too, where somebody counted them: the rows may be another statement's. */
const isItsOwn = ({ text, calls, pages }: Statement, { levels }: Seen): boolean =>
  !levels.has('postgres.statement.pages', { query: text }) || pages >= manyPages * calls;

export const scanOf = (seen: Seen): Scan | null => {
  const read = readOf(seen);
  if (read === null || !isMuch(read)) return null;
  const statements = topStatements(seen).toSorted((a, b) => b.seconds - a.seconds);
  const [most] = statements;
  const all = statements.reduce((total, { seconds }) => total + seconds, 0);
  if (most === undefined || most.calls === 0 || all <= 0) return null;
  const share = most.seconds / all;
  const busy = (share * seen.levels.growth('postgres.statements.seconds')) / seen.seconds;
  const isDear = most.seconds / most.calls >= fewestSeconds && share >= leastShare && busy >= leastBusy;
  return isDear && isItsOwn(most, seen) ? { ...most, ...read, share } : null;
};
