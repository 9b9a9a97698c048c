/** Chaos beside its control: the same load of the same run with nothing broken. */
import { html, withCode } from '../html.ts';
import type { Html } from '../html.ts';
import { formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { numbers, sectionOf, tableFrom, words } from './table.ts';
import type { Cell } from './table.ts';

interface Figure {
  title: string;
  read(scenario: ScenarioResult): number | null | undefined;
  show(value: number): string;
}

const afterwards = (seconds: number): string => formatDuration(seconds * 1000);
const milliseconds = (value: number): string => `${formatNumber(Math.round(value))} ms`;

const figures: readonly Figure[] = [
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
  { title: 'Requests that succeeded, p95', read: (entry) => entry.figures['apiMsP95'], show: milliseconds },
  { title: 'Transactions, p95', read: (entry) => entry.figures['transactionMsP95'], show: milliseconds },
  { title: 'Jobs done', read: (entry) => entry.figures['jobsDone'], show: formatNumber },
  { title: 'Writes acknowledged', read: ({ outcomes }) => outcomes?.ok, show: formatNumber },
  { title: 'Writes refused or failed', read: ({ outcomes }) => outcomes?.fail, show: formatNumber },
  { title: 'Writes of unknown outcome', read: ({ outcomes }) => outcomes?.unknown, show: formatNumber },
];

const isBroken = ({ group, faults }: ScenarioResult): boolean => group === 'chaos' && faults.length > 0;

const isControl = ({ group, steps, faults, state }: ScenarioResult): boolean =>
  group === 'chaos' && state === 'finished' && faults.length === 0 && steps.every((step) => step.do === 'start');

/** Null where this is no chaos or the run holds no control. */
export const controlOf = (
  { scenarios }: Pick<RunResult, 'scenarios'>,
  scenario: ScenarioResult,
): ScenarioResult | null => {
  if (!isBroken(scenario)) return null;
  const controls = scenarios.filter(isControl);
  return controls.find(({ repeat }) => repeat === scenario.repeat) ?? controls[0] ?? null;
};

/** A control that was bad itself explains what looks like the fault's work. */
const captionOf = ({ entry, verdict, reason }: ScenarioResult): string => {
  const same = `The same load with nothing broken (${entry}), from the same instant`;
  if (verdict === 'pass' || verdict === 'warn') return same;
  return (
    `${same}. The control itself did not pass (${verdict}: ${reason}): ` +
    `what stands here may be the machine's or the service's, not the fault's`
  );
};

const rowOf = ({ title, read, show }: Figure, scenario: ScenarioResult, control: ScenarioResult): Cell[] => {
  const shown = (value: number | null | undefined): string => (value == null ? '–' : show(value));
  return [title, shown(read(scenario)), shown(read(control))];
};

const withoutControl = (scenario: ScenarioResult): Html | null => {
  if (!isBroken(scenario)) return null;
  const why = 'This run holds no control that finished, so what the fault did cannot be told from what the machine did';
  return html`<p>${why}: ${withCode(`\`pgsurge run ${scenario.name}\``)} runs both.</p>`;
};

/** Recovery beside the control: what was slow or failed there too, the fault did not do. */
export const controlSection = (run: Pick<RunResult, 'scenarios'>, scenario: ScenarioResult): Html | null => {
  const control = controlOf(run, scenario);
  const content =
    control === null
      ? withoutControl(scenario)
      : tableFrom({
          caption: captionOf(control),
          columns: [...words('Figure'), ...numbers('With the fault', 'Control')],
          rows: figures.map((figure) => rowOf(figure, scenario, control)),
        });
  return sectionOf('control', 'Beside the control', content);
};
