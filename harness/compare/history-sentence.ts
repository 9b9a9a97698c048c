/** What a history says: one sentence with the verdict, and notes on what the sentence does not cover. */
import { formatChange } from '../measure/numbers-in-words.ts';
import { changePointDefaults } from '../measure/statistics/change-points.ts';
import type { ScenarioResult } from '../result.ts';
import { pairName } from './entries.ts';
import type { HavingRun, LeftOut } from './like-runs.ts';
import { growingText } from './growing-words.ts';
import { recentRuns, type Change, type Trend } from './trend.ts';
import { listed, verdictText } from './words.ts';

export interface Conclusion {
  /** `growing` informs: no gated figure got worse, and something that should stay grows with every run. */
  verdict: 'regression' | 'growing' | 'improvement' | 'same' | 'notEnoughData';
  sentence: string;
}

export const historyVerdictText: Record<Conclusion['verdict'], string> = { ...verdictText, growing: 'something grows' };

/** A scenario in the history: all runs that have it, and those of them that make its trends. */
export interface ScenarioRuns {
  name: string;
  /** The newest entry of `runs`. */
  entry: ScenarioResult;
  having: HavingRun[];
  runs: HavingRun[];
  leftOut: LeftOut[];
  newerUnlike: LeftOut | null;
}

const { minimumPoints } = changePointDefaults;

interface News {
  trend: Trend;
  change: Change;
}

const newsText = ({ trend, change }: News): string => {
  const changed = change.relative === null ? 'changed' : formatChange(change.relative);
  return `${pairName(trend)}: ${trend.title} ${changed} since ${change.run}`;
};

/** Where no trend is long enough to look for changes. */
const tooFewRuns = (scenarios: readonly ScenarioRuns[]): string => {
  const longest = scenarios.reduce(
    (most, { runs, having }) => (runs.length > most.like ? { like: runs.length, of: having.length } : most),
    { like: 0, of: 0 },
  );
  const runs = longest.like === 1 ? 'run' : 'runs';
  return `${longest.like} like ${runs} of ${longest.of}: changes are looked for from ${minimumPoints} on.`;
};

const newsOf = (trends: readonly Trend[]): News[] =>
  trends.flatMap((trend) => trend.changes.filter(({ recent }) => recent).map((change) => ({ trend, change })));

/** News that decide: regressions or improvements of gated figures, each one clause. */
const gatedNews = (news: readonly News[], verdict: Change['verdict']): string[] =>
  news.filter(({ change }) => change.gates && change.verdict === verdict).map(newsText);

const sentenceOf = (...parts: (string | null)[]): string => parts.filter((part) => part !== null).join(' ');

const furtherText = (news: readonly News[]): string | null => {
  const further = news.filter(({ change }) => !change.gates).map(newsText);
  return further.length === 0 ? null : `Drawn for information, not gated: ${listed(further)}.`;
};

/** What decides, then what grows, then the rest. Growth stands first where nothing decides. */
export const concluded = (trends: readonly Trend[], scenarios: readonly ScenarioRuns[]): Conclusion => {
  if (trends.every(({ silent }) => silent)) return { verdict: 'notEnoughData', sentence: tooFewRuns(scenarios) };
  const news = newsOf(trends);
  const [worse, better] = [gatedNews(news, 'regression'), gatedNews(news, 'improvement')];
  const [growing, further] = [growingText(trends), furtherText(news)];
  if (worse.length > 0)
    return { verdict: 'regression', sentence: sentenceOf(`Worse: ${listed(worse)}.`, growing, further) };
  const none =
    better.length > 0
      ? `Better: ${listed(better)}. No gated figure got worse.`
      : `No gated figure changed among the newest ${recentRuns} runs.`;
  if (growing !== null) return { verdict: 'growing', sentence: sentenceOf(growing, none, further) };
  return { verdict: better.length > 0 ? 'improvement' : 'same', sentence: sentenceOf(none, further) };
};

/**
 * The newest run is of another kind, or the scenario has not run lately: either makes the trends older than they look.
 */
const ageNotes = ({ having, runs, newerUnlike }: ScenarioRuns, counted: readonly number[]): string[] => {
  const last = runs.at(-1)!;
  if (newerUnlike !== null)
    return [
      `the newest run, ${newerUnlike.name}, is not like the others: ${newerUnlike.reason}; ` +
        `changes are looked for among the ${runs.length} of ${having.length} runs up to ${last.saved.name}`,
    ];
  const missed = counted.filter((position) => position > last.position).length;
  return missed >= recentRuns ? [`has not run since ${last.saved.name}, ${missed} runs ago`] : [];
};

const isSilent = ({ runs }: ScenarioRuns): boolean => runs.length < minimumPoints;

const silenceNotes = ({ having, runs }: ScenarioRuns): string[] => [
  `${runs.length} like runs of ${having.length}: changes are looked for from ${minimumPoints} on`,
];

/** One line for all scenarios of which the same is to be said. Where all are silent, the sentence says so already. */
export const notesOf = (scenarios: readonly ScenarioRuns[], counted: readonly number[]): string[] => {
  const allSilent = scenarios.every(isSilent);
  const notes = scenarios.flatMap((scenario) => {
    const silence = !allSilent && isSilent(scenario) ? silenceNotes(scenario) : [];
    return [...ageNotes(scenario, counted), ...silence].map((text) => ({ name: scenario.name, text }));
  });
  return [...Map.groupBy(notes, ({ text }) => text)].map(
    ([text, same]) => `${same.map(({ name }) => name).join(', ')}: ${text}.`,
  );
};
