/** What the team's config accepts for a while: each waiver, until when, why, and what it did in this run. */
import type { Html } from '../html.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import type { RunResult, ScenarioResult, Waiver } from '../../result.ts';
import { sectionOf, tableOfAny, words } from './table.ts';

type State = 'accepted' | 'expired' | 'exceeded';

const isOf = (used: Waiver, { criterion, until, reason, bound }: Waiver): boolean =>
  used.criterion === criterion && used.until === until && used.reason === reason && used.bound === bound;

/** How often this waiver met a failure, by what became of it. */
const timesOf = (scenarios: readonly ScenarioResult[], waiver: Waiver, state: State): number =>
  scenarios
    .flatMap(({ criteria }) => criteria)
    .filter(({ waiver: used }) => used != null && used.state === state && isOf(used, waiver)).length;

const didOf = (run: RunResult, scenarios: readonly ScenarioResult[], waiver: Waiver): string => {
  const times = (state: State): number => timesOf(scenarios, waiver, state);
  const said = [
    times('accepted') === 0 ? null : `accepted ${plural(times('accepted'), 'failure')}`,
    times('exceeded') === 0 ? null : `${plural(times('exceeded'), 'failure')} beyond its bound`,
    times('expired') === 0 ? null : `has ended: ${plural(times('expired'), 'failure')} counted again`,
  ].filter((one) => one !== null);
  if (said.length > 0) return said.join(', ');
  return run.startedAt.slice(0, 10) > waiver.until ? 'has ended, and nothing failed' : 'met no failure';
};

/** Null where the run has none. `scenarios`: those that the page is about. */
export const waiversSection = (run: RunResult, scenarios: readonly ScenarioResult[]): Html | null =>
  sectionOf(
    'waivers',
    'Waivers',
    tableOfAny({
      caption: 'Failures that the config accepts until a day',
      columns: words('Criterion', 'Until', 'Still accepted', 'Why', 'In this run'),
      rows: (run.waivers ?? []).map((waiver) => [
        waiver.criterion,
        waiver.until,
        waiver.bound == null ? 'any value' : String(waiver.bound),
        waiver.reason,
        didOf(run, scenarios, waiver),
      ]),
    }),
  );
