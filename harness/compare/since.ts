/** Since when a nightly is red, and what changed with it: three lines, fit for a chat or a pull request. */
import { mean } from 'simple-statistics';
import { formatCount, plural } from '../measure/numbers-in-words.ts';
import type { RunResult } from '../result.ts';
import type { Difference } from './comparison.ts';
import { finishedEntries, pairsOf } from './entries.ts';
import { differencesOf } from './likeness.ts';

/** A run by the name that people know it by. */
export interface NamedRun {
  name: string;
  run: RunResult;
}

/** From good to bad. `red`: how many runs in a row, up to the newest, are not good. */
export interface Turn {
  good: NamedRun;
  bad: NamedRun;
  red: number;
}

/** One commit after the good run and up to the bad one: its short id and its title. Null: git does not know. */
export type CommitsBetween = readonly string[] | null;

export const isGood = ({ state, verdict }: RunResult): boolean =>
  state === 'finished' && (verdict === 'pass' || verdict === 'warn');

/** A nightly run is compared with nightly runs only. */
const kindOf = ({ name, profile, stack }: RunResult): string => JSON.stringify([name, profile.name, stack.provider]);

/**
 * The last good run before `current` and the first bad one after it: what changed between these two is what may have
 * turned it. Null where `current` is good, or where no good run is known.
 */
export const turnOf = (earlier: readonly NamedRun[], current: NamedRun): Turn | null => {
  if (isGood(current.run)) return null;
  const before = [...new Map(earlier.map((one) => [one.run.id, one])).values()]
    .filter(({ run }) => kindOf(run) === kindOf(current.run) && run.id !== current.run.id)
    .filter(({ run }) => run.startedAt < current.run.startedAt && run.state !== 'running')
    .sort((a, b) => a.run.startedAt.localeCompare(b.run.startedAt));
  const lastGood = before.findLastIndex(({ run }) => isGood(run));
  if (lastGood === -1) return null;
  const bad = [...before.slice(lastGood + 1), current];
  return { good: before[lastGood]!, bad: bad[0]!, red: bad.length };
};

/** Where the history tells a change: from the run before it to the first after it. */
export const turnAt = (runs: readonly NamedRun[], firstAfter: string): Turn | null => {
  const bad = runs.findIndex(({ name }) => name === firstAfter);
  if (bad <= 0) return null;
  const good = runs.slice(0, bad).findLast(({ run }) => kindOf(run) === kindOf(runs[bad]!.run));
  return good === undefined ? null : { good, bad: runs[bad]!, red: runs.length - bad };
};

const dayOf = ({ startedAt }: RunResult): string => startedAt.slice(0, 16).replace('T', ' ');
const shortCommit = ({ git: { commit, dirty } }: RunResult): string =>
  commit === null ? 'unknown' : `${commit.slice(0, 8)}${dirty === true ? ' with changes' : ''}`;

const mostNamed = 3;
/** A title of a commit may be a sentence; the line is for a chat. */
const longestTitle = 72;

const clipped = (title: string): string =>
  title.length > longestTitle ? `${title.slice(0, longestTitle - 1).trimEnd()}…` : title;

const named = (texts: readonly string[]): string => {
  const more = texts.length - mostNamed;
  return `${texts.slice(0, mostNamed).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
};

const commitWords = ({ good, bad }: Turn, commits: CommitsBetween): string => {
  const [before, after] = [good.run.git.commit, bad.run.git.commit];
  const range = `${shortCommit(good.run)} to ${shortCommit(bad.run)}`;
  if (before === null || after === null) return 'Commits: not known';
  if (before === after) {
    const uncommitted = bad.run.git.dirty === true || good.run.git.dirty === true;
    return uncommitted
      ? `Commit the same, with changes that are in none: ${range}`
      : `Commit: the same, ${before.slice(0, 8)}`;
  }
  if (commits === null || commits.length === 0) return `Commits: ${range}, which this clone does not know`;
  return `${plural(commits.length, 'commit')}, ${range}: ${named(commits.map(clipped))}`;
};

const whenLine = (turn: Turn, commits: CommitsBetween): string => {
  const { good, bad, red } = turn;
  const runs = red === 1 ? '' : `, ${red} runs in a row`;
  return (
    `Red since ${dayOf(bad.run)} (${bad.name}${runs}); last good ${dayOf(good.run)} (${good.name}). ` +
    `${commitWords(turn, commits)}.`
  );
};

const changeWords = ({ what, name, base, head }: Difference): string => `${what} ${name} ${base} → ${head}`;

/** Files of scenarios that are not the same; one that is new on either side changed nothing. */
const changedScenarios = ({ good, bad }: Turn): string[] => {
  const before = new Map(good.run.scenarios.map(({ name, scenarioHash }) => [name, scenarioHash]));
  const changed = bad.run.scenarios.filter(({ name, scenarioHash }) => {
    const hash = before.get(name);
    return hash != null && scenarioHash != null && hash !== scenarioHash;
  });
  return [...new Set(changed.map(({ name }) => `the file of ${name}`))];
};

/** A waiver that ended turns a run red by itself. */
const endedWaivers = ({ bad }: Turn): string[] => {
  const ended = bad.run.scenarios
    .flatMap(({ criteria }) => criteria)
    .flatMap(({ waiver }) => (waiver?.state === 'expired' ? [waiver] : []));
  return [...new Set(ended.map(({ criterion, until }) => `the waiver for ${criterion} ended on ${until}`))];
};

const differencesIn = ({ good, bad }: Turn): Difference[] =>
  differencesOf(good.run, bad.run, pairsOf(finishedEntries(good.run, 'head'), finishedEntries(bad.run, 'head')));

const settingsLine = (turn: Turn, differences: readonly Difference[]): string => {
  const settings = differences.filter(({ what, name }) => what !== 'host' && name !== 'commit').map(changeWords);
  const changed = [...endedWaivers(turn), ...changedScenarios(turn), ...settings];
  return changed.length === 0
    ? 'Versions, settings and scenario files: the same.'
    : `Changed beside them: ${named(changed)}.`;
};

const indexOf = ({ host }: RunResult): number | null => {
  const measured = [host.indexBefore, host.indexAfter].filter((value) => value !== null);
  return measured.length === 0 ? null : mean(measured);
};

/** A host's pace scatters by this much by itself. */
const samePace = 0.1;

const paceWords = (before: number | null, after: number | null): string => {
  if (before === null || after === null) return 'its pace was not measured';
  const share = after / before - 1;
  const index = `host index ${formatCount(Math.round(before))}, then ${formatCount(Math.round(after))}`;
  if (Math.abs(share) <= samePace) return `as fast as before (${index})`;
  return `${Math.abs(Math.round(share * 100))} % ${share < 0 ? 'slower' : 'faster'} (${index})`;
};

const hostLine = ({ good, bad }: Turn, differences: readonly Difference[]): string => {
  const changed = differences
    .filter(({ what }) => what === 'host')
    .map(({ name, base, head }) => `${name} ${base} → ${head}`);
  const machine =
    changed.length === 0 ? `the same kind (${bad.run.host.cpuModel}, ${bad.run.host.cores} cores)` : named(changed);
  return `Host: ${machine}, ${paceWords(indexOf(good.run), indexOf(bad.run))}.`;
};

/** Commits; versions, settings and files; host. */
export const sinceLines = (turn: Turn, commits: CommitsBetween): [string, string, string] => {
  const differences = differencesIn(turn);
  return [whenLine(turn, commits), settingsLine(turn, differences), hostLine(turn, differences)];
};
