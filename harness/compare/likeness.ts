/** Whether two runs may be compared at all, and what differs between them. */
import { mean } from 'simple-statistics';
import { k6Exit } from '../measure/k6-exit-codes.ts';
import type { PhaseResult, RunResult, ScenarioResult } from '../result.ts';
import type { Difference } from './comparison.ts';
import { pairName, type EntryPair } from './entries.ts';

/** Beyond this the two hosts, or the one host at two times, are not the same machine. */
const mostHostDifference = 0.1;

/** A value as text; what is not there is a dash. */
const text = (value: unknown): string => {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Places and ports change from start to start and mean nothing. */
const isIncidental = (name: string): boolean =>
  /(^|[._-])(port|ports|socket|directory|directories|path|pid|host|url)$|_file$|^listen|unix_socket/i.test(name);

const differing = (what: string, base: Record<string, unknown>, head: Record<string, unknown>): Difference[] =>
  [...new Set([...Object.keys(base), ...Object.keys(head)])]
    .sort()
    .filter((name) => !isIncidental(name) && text(base[name]) !== text(head[name]))
    .map((name) => ({ what, name, base: text(base[name]), head: text(head[name]) }));

const changedSetting = ({ what, name, base, head }: Difference): string => `${what} ${name} was ${base}, then ${head}`;

/** Of somebody's own stack not everything was always asked: what one run did not ask is not known to differ. */
const wasAsked = ({ group, stackSettings }: ScenarioResult, name: string): boolean =>
  group !== 'external' || name in stackSettings;

const entryReasons = (pair: EntryPair): string[] => {
  const [base, head] = [pair.base[0]!, pair.head[0]!];
  const what = `${pairName(pair)}: stack setting`;
  return differing(what, base.stackSettings, head.stackSettings)
    .filter(({ name }) => wasAsked(base, name) && wasAsked(head, name))
    .map(changedSetting);
};

const isScript = ({ group }: ScenarioResult): boolean => group === 'external';

/** A script of the user's own ends when its last iterations do: what it declares is the load, not how long it took. */
const secondsOf = (entry: ScenarioResult, { fullSeconds, startMs, endMs }: PhaseResult): number =>
  isScript(entry) ? fullSeconds : Math.round((endMs - startMs) / 1000);

/** What the load was, as far as it must be the same: rates, and phases to the second. */
const loadText = (entry: ScenarioResult): string =>
  JSON.stringify([
    entry.load.interactivePerSecond,
    entry.phases.map((phase) => [phase.name, phase.activeJobs, phase.clients ?? null, secondsOf(entry, phase)]),
  ]);

const fileChanged = (base: ScenarioResult, head: ScenarioResult): string[] => {
  const [before, after] = [base.scenarioHash, head.scenarioHash];
  if (!before || !after || before === after) return [];
  const what = isScript(head)
    ? 'the script changed: its files, its options or its load'
    : "the scenario's file changed";
  return [`${what} (hash ${before.slice(0, 8)}, then ${after.slice(0, 8)})`];
};

const lastedSeconds = ({ phases }: ScenarioResult): number =>
  phases.reduce((total, { startMs, endMs }) => total + (endMs - startMs), 0) / 1000;

/** Lengths that differ by less than so many seconds, or by less than this share, count as alike. */
const alikeSeconds = 2;
const alikeShare = 0.1;

/** A threshold that breaks may stop the test, and `test.abort` always does. */
const stoppingCodes: readonly number[] = [k6Exit.thresholdBroke, k6Exit.aborted];
const stoppedItself = ({ loadTotals }: ScenarioResult): boolean =>
  stoppingCodes.includes(loadTotals?.exitCode ?? k6Exit.asDeclared);

/** A test that stops itself tries a different load each time: what lies above was not tried. */
const lengthChanged = (base: ScenarioResult, head: ScenarioResult): string[] => {
  if (!isScript(head) || head.state === 'pending' || ![base, head].some(stoppedItself)) return [];
  const [before, after] = [lastedSeconds(base), lastedSeconds(head)];
  const apart = Math.abs(before - after);
  if (apart <= alikeSeconds || apart <= alikeShare * Math.max(before, after)) return [];
  return [
    `the script stopped itself, so it lasted ${before.toFixed(0)} s and then ${after.toFixed(0)} s: ` +
      'lengths of such a test differ by nature; compare what each one reached',
  ];
};

const loadChanged = (base: ScenarioResult, head: ScenarioResult): string[] =>
  loadText(base) === loadText(head) ? lengthChanged(base, head) : ['the load is not the same'];

const loadReasons = (pair: EntryPair): string[] => {
  const [base, head] = [pair.base[0]!, pair.head[0]!];
  return [...fileChanged(base, head), ...loadChanged(base, head)].map((reason) => `${pairName(pair)}: ${reason}`);
};

/** The mean of the two measurements, or the one there is. */
const hostIndex = ({ host }: RunResult): number | null => {
  const measured = [host.indexBefore, host.indexAfter].filter((value) => value !== null);
  return measured.length === 0 ? null : mean(measured);
};

const hostReasons = (base: RunResult, head: RunResult): string[] => {
  const [before, after] = [hostIndex(base), hostIndex(head)];
  if (before === null || after === null || Math.abs(after / before - 1) <= mostHostDifference) return [];
  const percent = Math.abs(Math.round((after / before - 1) * 100));
  return [
    `the host was ${percent} % ${after > before ? 'faster' : 'slower'} ` +
      `(host index ${Math.round(before)}, then ${Math.round(after)}; up to 10 % is alike)`,
  ];
};

const postgresMajor = ({ stack }: PlannedRun): string | null => {
  const version = Object.entries(stack.versions).find(([name]) => name.toLowerCase().startsWith('postgres'))?.[1];
  return /\d+/.exec(version ?? '')?.[0] ?? null;
};

/**
 * The run's own settings but those that scenarios set themselves: a run of other scenarios beside these may have left
 * others.
 */
const sharedSettings = (base: RunResult, head: RunResult, pairs: readonly EntryPair[]): Difference[] => {
  const own = new Set(
    pairs.flatMap((pair) => [...Object.keys(pair.base[0]!.stackSettings), ...Object.keys(pair.head[0]!.stackSettings)]),
  );
  return differing('stack setting', base.stack.settings, head.stack.settings).filter(({ name }) => !own.has(name));
};

const unequal = (what: string, before: unknown, after: unknown): string[] =>
  text(before) === text(after) ? [] : [`${what} was ${text(before)}, then ${text(after)}`];

/** What is known of a run before it begins; `versions` may be empty. */
export type PlannedRun = Pick<RunResult, 'profile'> & { stack: Pick<RunResult['stack'], 'provider' | 'versions'> };

const profileText = ({ profile }: PlannedRun): string => `${profile.name} (time scale ${profile.timeScale})`;

/** Those reasons that can be known before the head has run. `shared`: both began an entry that one did not finish. */
export const foreseenReasons = (
  base: RunResult,
  head: PlannedRun,
  pairs: readonly EntryPair[],
  shared = false,
): string[] => [
  ...(pairs.length === 0 && !shared ? ['they have no scenario and variant in common'] : []),
  ...unequal('the profile', profileText(base), profileText(head)),
  ...unequal('the stack', base.stack.provider, head.stack.provider),
  ...(postgresMajor(head) === null ? [] : unequal("Postgres' major version", postgresMajor(base), postgresMajor(head))),
  ...pairs.flatMap(loadReasons),
];

/** Reasons, each one line, why the two runs must not be compared. Empty: they are alike. */
export const unlikeReasons = (
  base: RunResult,
  head: RunResult,
  pairs: readonly EntryPair[],
  shared = false,
): string[] => [
  ...foreseenReasons(base, head, pairs, shared),
  ...(postgresMajor(head) === null ? unequal("Postgres' major version", postgresMajor(base), null) : []),
  ...sharedSettings(base, head, pairs).map(changedSetting),
  ...hostReasons(base, head),
  ...pairs.flatMap(entryReasons),
];

/** Settings, versions and facts that differ; an entry's service settings once, however many repeats there were. */
export const differencesOf = (base: RunResult, head: RunResult, pairs: readonly EntryPair[]): Difference[] => {
  const perEntry = pairs.flatMap((pair) =>
    differing(`setting of ${pairName(pair)}`, pair.base[0]!.settings, pair.head[0]!.settings),
  );
  return [
    ...differing('version', base.stack.versions, head.stack.versions),
    ...sharedSettings(base, head, pairs),
    ...differing(
      'host',
      { cpu: base.host.cpuModel, cores: base.host.cores, os: base.host.os },
      { cpu: head.host.cpuModel, cores: head.host.cores, os: head.host.os },
    ),
    ...differing('run', { commit: base.git.commit, seed: base.seed }, { commit: head.git.commit, seed: head.seed }),
    ...perEntry,
  ];
};
