/** What should stay and grows a little with every run; also that it was looked for, where nothing does. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import { figureOf } from '../../measure/figures.ts';
import { html, type Html } from '../../report/html.ts';
import { numbers, sectionOf, tableOfAny, words, type Cell } from '../../report/sections/table.ts';
import { pairName } from '../entries.ts';
import { growingTrends, growthCells, growthHead, type GrowingTrend } from '../growing-words.ts';
import type { History } from '../history.ts';

const rowOf = (trend: GrowingTrend): Cell[] => [`${pairName(trend)}: ${trend.title}`, ...growthCells(trend)];

const caption =
  'The greatest growth first. It informs and decides no exit code. Levels are those of a straight line through the ' +
  'runs that rose; the run that first told of it is the first with which it could be told from chance; the last ' +
  'column names the first of these runs that failed';

const trendsOf = (count: number): string => `${plural(count, 'trend')} of what should stay from run to run`;

/** What was looked at and does not grow; with too few runs nobody knows. */
const quietText = ({ trends }: History): string => {
  const stocks = trends.filter(({ metric }) => figureOf(metric)?.growsBy !== undefined);
  const looked = stocks.filter(({ silent }) => !silent).length;
  const few = stocks.length - looked;
  if (stocks.length === 0) return 'Not known: no run measured what should stay from run to run.';
  if (looked === 0) return `Not known: ${trendsOf(few)} had too few runs to tell.`;
  return `Nothing, in ${trendsOf(looked)}.${few === 0 ? '' : ` ${formatCount(few)} more had too few runs to tell.`}`;
};

export const growingSection = (history: History): Html | null => {
  const table = tableOfAny({
    caption,
    columns: [...words('What grows'), ...numbers(...growthHead.slice(0, 3)), ...words(...growthHead.slice(3))],
    rows: growingTrends(history.trends).map(rowOf),
  });
  return sectionOf('growing', 'What grows', table ?? html`<p>${quietText(history)}</p>`);
};
