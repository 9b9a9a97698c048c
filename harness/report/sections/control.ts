import type { RunResult, ScenarioResult } from '../../result.ts';
import { formatDuration, formatNumber } from '../format.ts';
import type { Html } from '../html.ts';
import { sectionOf, tableFrom } from './table.ts';

type Read = (scenario: ScenarioResult) => number | null | undefined;
interface Row { title: string; read: Read; show: (value: number) => string }

const afterwards = (value: number): string => formatDuration(value * 1000);
const milliseconds = (value: number): string => `${formatNumber(Math.round(value))} ms`;

const rows: readonly Row[] = [
  { title: 'First success after the fault was mended', read: ({ recovery }) => recovery?.['firstSuccessSeconds'], show: afterwards },
  { title: 'Last failed request after it', read: ({ recovery }) => recovery?.['lastErrorSeconds'], show: afterwards },
  { title: 'Last transaction of 1 s or more after it', read: ({ recovery }) => recovery?.['lastSlowTransactionSeconds'], show: afterwards },
  { title: 'Requests that succeeded, p95', read: ({ figures }) => figures['apiMsP95'], show: milliseconds },
  { title: 'Transactions, p95', read: ({ figures }) => figures['transactionMsP95'], show: milliseconds },
  { title: 'Jobs done', read: ({ figures }) => figures['jobsDone'], show: formatNumber },
  { title: 'Writes acknowledged', read: ({ outcomes }) => outcomes?.ok, show: formatNumber },
  { title: 'Writes refused or failed', read: ({ outcomes }) => outcomes?.fail, show: formatNumber },
  { title: 'Writes of unknown outcome', read: ({ outcomes }) => outcomes?.unknown, show: formatNumber },
];

/** The same load of the same run with nothing broken; null where this is no chaos or there was none. */
export const controlOf = ({ scenarios }: Pick<RunResult, 'scenarios'>, scenario: ScenarioResult): ScenarioResult | null => {
  if (scenario.group !== 'chaos' || scenario.faults.length === 0) return null;
  const controls = scenarios.filter(({ group, steps, faults, state }) => group === 'chaos' && state === 'finished' && faults.length === 0 && steps.every((step) => step.do === 'start'));
  return controls.find(({ repeat }) => repeat === scenario.repeat) ?? controls[0] ?? null;
};

/** Recovery beside the control: what was slow or failed there too, the fault did not do. */
export const controlSection = (run: Pick<RunResult, 'scenarios'>, scenario: ScenarioResult): Html | null => {
  const control = controlOf(run, scenario);
  const shown = (value: number | null | undefined, show: Row['show']): string => (value == null ? '–' : show(value));
  return sectionOf('control', 'Beside the control', control === null ? null : tableFrom({
    caption: `The same load with nothing broken (${control.entry}), from the same instant`,
    columns: [{ title: 'Figure' }, { title: 'With the fault', number: true }, { title: 'Control', number: true }],
    rows: rows.map(({ title, read, show }) => [title, shown(read(scenario), show), shown(read(control), show)]),
  }));
};
