/** What changed since the last good run of the same kind, with the commits that git knows between the two. */
import { gitCommitsBetween } from '../archive/provenance.ts';
import type { SavedRun } from '../archive/read-run.ts';
import type { History } from '../compare/history.ts';
import { sinceLines, turnAt, turnOf, type NamedRun, type Turn } from '../compare/since.ts';

const linesOf = async (turn: Turn | null): Promise<string[]> =>
  turn === null ? [] : sinceLines(turn, await gitCommitsBetween(turn.good.run.git.commit, turn.bad.run.git.commit));

/** Three lines; none where `current` is good or no good run is among the earlier ones. */
export const sinceWhen = (earlier: readonly NamedRun[], current: NamedRun): Promise<string[]> =>
  linesOf(turnOf(earlier, current));

/** The first run after a change that decides; of several the newest. */
const firstAfterOf = ({ trends }: History, inTime: readonly string[]): string | null => {
  const changes = trends.flatMap((trend) => trend.changes);
  const deciding = changes.filter(({ gates, recent, verdict }) => gates && recent && verdict === 'regression');
  return deciding.map(({ run }) => run).sort((a, b) => inTime.indexOf(b) - inTime.indexOf(a))[0] ?? null;
};

/** Of a history: the newest run is not good, or one of its figures got worse. */
export const sinceWhenOf = async (saved: readonly SavedRun[], history: History): Promise<string[]> => {
  const names = history.runs.map(({ name }) => name);
  const runs = names.flatMap((name) => saved.find((one) => one.name === name) ?? []);
  const newest = runs.at(-1);
  if (newest === undefined) return [];
  const red = await sinceWhen(runs, newest);
  if (red.length > 0 || history.verdict !== 'regression') return red;
  const firstAfter = firstAfterOf(history, names);
  return firstAfter === null ? [] : linesOf(turnAt(runs, firstAfter));
};
