import type { RunResult, ScenarioResult } from '../../result.ts';
import { formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import { html, withCode, type Html } from '../html.ts';
import { sectionOf, tableFrom } from './table.ts';

type Read = (scenario: ScenarioResult) => number | null | undefined;
interface Row {
  title: string;
  read: Read;
  show: (value: number) => string;
}

const afterwards = (value: number): string => formatDuration(value * 1000);
const milliseconds = (value: number): string => `${formatNumber(Math.round(value))} ms`;

const rows: readonly Row[] = [
  {
    title: 'First success after the fault was mended',
    read: ({ recovery }) => recovery?.['firstSuccessSeconds'],
    show: afterwards,
  },
  { title: 'Last failed request after it', read: ({ recovery }) => recovery?.['lastErrorSeconds'], show: afterwards },
  {
    title: 'Last transaction of 1 s or more after it',
    read: ({ recovery }) => recovery?.['lastSlowTransactionSeconds'],
    show: afterwards,
  },
  { title: 'Requests that succeeded, p95', read: ({ figures }) => figures['apiMsP95'], show: milliseconds },
  { title: 'Transactions, p95', read: ({ figures }) => figures['transactionMsP95'], show: milliseconds },
  { title: 'Jobs done', read: ({ figures }) => figures['jobsDone'], show: formatNumber },
  { title: 'Writes acknowledged', read: ({ outcomes }) => outcomes?.ok, show: formatNumber },
  { title: 'Writes refused or failed', read: ({ outcomes }) => outcomes?.fail, show: formatNumber },
  { title: 'Writes of unknown outcome', read: ({ outcomes }) => outcomes?.unknown, show: formatNumber },
];

const isBroken = ({ group, faults }: ScenarioResult): boolean => group === 'chaos' && faults.length > 0;

/** The same load of the same run with nothing broken; null where this is no chaos or there was none. */
export const controlOf = (
  { scenarios }: Pick<RunResult, 'scenarios'>,
  scenario: ScenarioResult,
): ScenarioResult | null => {
  if (!isBroken(scenario)) return null;
  const controls = scenarios.filter(
    ({ group, steps, faults, state }) =>
      group === 'chaos' && state === 'finished' && faults.length === 0 && steps.every((step) => step.do === 'start'),
  );
  return controls.find(({ repeat }) => repeat === scenario.repeat) ?? controls[0] ?? null;
};

/** A control that was bad itself explains what looks like the fault's work. */
const caption = ({ entry, verdict, reason }: ScenarioResult): string => {
  const same = `The same load with nothing broken (${entry}), from the same instant`;
  return verdict === 'pass' || verdict === 'warn'
    ? same
    : `${same}. The control itself did not pass (${verdict}: ${reason}): what stands here may be the machine's or the service's, not the fault's`;
};

/** Recovery beside the control: what was slow or failed there too, the fault did not do. */
export const controlSection = (run: Pick<RunResult, 'scenarios'>, scenario: ScenarioResult): Html | null => {
  const control = controlOf(run, scenario);
  const shown = (value: number | null | undefined, show: Row['show']): string => (value == null ? '–' : show(value));
  if (control === null) {
    return sectionOf(
      'control',
      'Beside the control',
      isBroken(scenario)
        ? html`<p>This run holds no control that finished, so what the fault did cannot be told from what the machine did: ${withCode(`\`pgsurge run ${scenario.name}\``)} runs both.</p>`
        : null,
    );
  }
  return sectionOf(
    'control',
    'Beside the control',
    tableFrom({
      caption: caption(control),
      columns: [{ title: 'Figure' }, { title: 'With the fault', number: true }, { title: 'Control', number: true }],
      rows: rows.map(({ title, read, show }) => [title, shown(read(scenario), show), shown(read(control), show)]),
    }),
  );
};
