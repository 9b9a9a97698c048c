/**
 * What a criterion has to have seen, and what of it was not seen. Absence is never zero: a criterion with a hole where
 * it judges is inconclusive at best (judge-criterion.ts), and its reason names the hole.
 */
import { formatCount, formatCountOf, formatSeconds } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { totalOf, type Window } from '../../measure/tracks/windows.ts';
import type { JudgedEntry, JudgeInput, Need, Sight } from '../criterion.ts';
import { loadedWindows } from '../judged-windows.ts';
import { holesIn } from './holes.ts';
import { silencesOf, type ComponentInstance } from './silences.ts';
import { heardBy, lossOf, sourceKinds, type SourceId } from './sources.ts';
import { unreadIn } from './unread.ts';

/** A source whose collector says that it failed, or one that left a hole, or less than what was counted. */
type UnseenKind = 'lost' | 'silent';

export interface Unseen {
  kind: UnseenKind;
  /** For people: what was not seen, and when. */
  words: string;
  silenceLooksBad: boolean;
}

/** Which component and instance spoke: samples of processes name both (`service 1`), others only the instance. */
const componentInstanceOf = (source: SourceId, instance: string): ComponentInstance => {
  if (source !== 'processes') return { component: source, instance };
  const [component = '', number = ''] = instance.split(' ');
  return { component, instance: number };
};

const partWords = (source: SourceId, instance: string): string => {
  if (source === 'processes') return `the process ${instance}`;
  return instance === '' ? sourceKinds[source].title : `${source} ${instance}`;
};

const holeWords = (holes: readonly Window[]): string =>
  holes
    .slice(0, 2)
    .map(({ startMs, endMs }) => `from ${formatSeconds(startMs)} to ${formatSeconds(endMs)}`)
    .join(' and ') + (holes.length > 2 ? ` and ${formatCount(holes.length - 2)} times more` : '');

const whatWords = ({ series }: Need): string => (series === undefined ? '' : ` (${series.join(', ')})`);

/** How many instances there must be; null: as many as spoke, since nobody declared a number. */
const expectedCount = (source: SourceId, component: string, input: JudgeInput): number | null => {
  if (source === 'service' || source === 'supervisor' || component === 'service') return input.replicas ?? null;
  if (component === 'pooler') return input.stackSpec?.poolers ?? null;
  return null;
};

const isOf = (component: string, source: SourceId, instance: string): boolean =>
  source !== 'processes' || componentInstanceOf(source, instance).component === component;

/** A stranger's script begins when k6 has read it: until its first word there was nothing to be heard. */
const begun = (windows: readonly Window[], times: Float64Array, need: Need, input: JudgeInput): readonly Window[] => {
  const firstMs = times[0];
  if (need.source !== 'k6' || input.isForeign !== true || firstMs === undefined) return windows;
  return windows
    .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, Math.min(firstMs, endMs)), endMs }))
    .filter(({ startMs, endMs }) => endMs > startMs);
};

/** Those of which nothing was heard at all, where their number was declared. */
const missingWords = (title: string, expected: number | null, heard: number): string[] => {
  if (expected === null || heard >= expected) return [];
  return [`of ${expected} instances of ${title} only ${heard} ${heard === 1 ? 'was' : 'were'} seen`];
};

/** The holes of one component's instances. */
const unseenInstances = (need: Need, component: string, windows: readonly Window[], input: JudgeInput): string[] => {
  const heard = [...heardBy(input.observations, need.source, need)].filter(([instance]) =>
    isOf(component, need.source, instance),
  );
  const title = need.source === 'processes' ? `processes of ${component}` : sourceKinds[need.source].title;
  if (heard.length === 0) return [`${title}${whatWords(need)}: nothing was seen`];
  const missing = missingWords(title, expectedCount(need.source, component, input), heard.length);
  const torn = heard.flatMap(([instance, times]) => {
    const holes = holesIn(
      times,
      begun(windows, times, need, input),
      silencesOf(input, componentInstanceOf(need.source, instance)),
    );
    const words = `${partWords(need.source, instance)} was not seen ${holeWords(holes)}${whatWords(need)}`;
    return holes.length === 0 ? [] : [words];
  });
  return [...missing, ...torn];
};

/** What k6 counted and the receiver did not get, which no sample's time shows; null where they agree. */
export const lostOnTheWay = ({
  loadTotals,
  observations,
}: Pick<JudgedEntry, 'loadTotals' | 'observations'>): string | null => {
  if (loadTotals === null) return null;
  const lost = (name: string, counted: number): string | null => {
    const arrived = totalOf(seriesOf(observations, name));
    if (arrived === counted) return null;
    const what = name === 'http_reqs' ? 'requests' : name;
    const few = `${formatCountOf(counted - arrived, counted)} ${what} that k6 counted did not arrive (${name})`;
    return arrived < counted ? few : `${formatCount(arrived)} ${what} arrived, k6 counted ${formatCount(counted)}`;
  };
  return (
    lost('http_reqs', loadTotals.requests) ??
    (seriesOf(observations, 'iterations').length === 0 ? null : lost('iterations', loadTotals.iterations))
  );
};

const silencesOfNeed = (need: Need, windows: readonly Window[], input: JudgeInput): string[] => {
  if (sourceKinds[need.source].isLog === true) return [];
  const components = need.components?.(input) ?? [need.source];
  const beside = { k6: lostOnTheWay, service: (one: JudgeInput) => unreadIn(one, windows) };
  const missing = need.source === 'k6' || need.source === 'service' ? beside[need.source](input) : null;
  return [
    ...components.flatMap((component) => unseenInstances(need, component, windows, input)),
    ...(missing === null ? [] : [missing]),
  ];
};

const unseenOfNeed = (need: Need, input: JudgeInput): Pick<Unseen, 'kind' | 'words'>[] => {
  const windows = (need.windows ?? (({ phases }) => loadedWindows(phases)))(input);
  if (windows.length === 0) return [];
  const loss = lossOf(input.observations, need.source);
  if (loss !== null) return [{ kind: 'lost', words: loss }];
  return [...new Set(silencesOfNeed(need, windows, input))].map((words) => ({ kind: 'silent', words }));
};

/** Everything that a criterion had to see and did not. */
export const unseenBy = (sight: Sight, input: JudgeInput): Unseen[] => {
  if ('otherwise' in sight) return [];
  return sight.flatMap((need) =>
    unseenOfNeed(need, input).map((one) => ({ ...one, silenceLooksBad: need.silenceLooksBad === true })),
  );
};

const mostWords = 3;

/** What was not seen, in one line. */
export const unseenWords = (unseen: readonly Unseen[]): string => {
  const words = [...new Set(unseen.map((one) => one.words))];
  const more = words.length > mostWords ? [`${formatCount(words.length - mostWords)} holes more`] : [];
  return [...words.slice(0, mostWords), ...more].join('; ');
};
