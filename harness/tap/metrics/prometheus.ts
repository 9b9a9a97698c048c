/** A tap's figures in Prometheus' text format, for whoever has a server of that kind. */
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import type { GroupFigures, TapFigures } from '../figures/figures.ts';

type Labels = Readonly<Record<string, string>>;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const labelled = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

/** Upper bounds in seconds, from 2^-14 (61 µs) to 2^6. They are bounds of our buckets, too: nothing is guessed. */
const doublings = Array.from({ length: 21 }, (_, index) => index - 14);

/** Observations up to 2^doubling. */
const countUpTo = ({ scale, offset, counts, zeroCount }: ExponentialHistogram, doubling: number): number => {
  const buckets = Math.max(0, doubling * 2 ** scale - offset);
  return zeroCount + counts.slice(0, buckets).reduce((total, count) => total + count, 0);
};

class Page {
  readonly #families = new Map<string, string[]>();

  value(name: string, type: 'gauge' | 'counter', labels: Labels, value: number): void {
    this.#lines(name, type).push(`pgsurge_tap_${name}${labelled(labels)} ${value}`);
  }

  histogram(name: string, labels: Labels, histogram: ExponentialHistogram): void {
    const lines = this.#lines(name, 'histogram');
    const bucket = (le: string, count: number): number =>
      lines.push(`pgsurge_tap_${name}_bucket${labelled({ ...labels, le })} ${count}`);
    for (const doubling of doublings) bucket(String(2 ** doubling), countUpTo(histogram, doubling));
    bucket('+Inf', histogram.count);
    lines.push(`pgsurge_tap_${name}_sum${labelled(labels)} ${histogram.sum}`);
    lines.push(`pgsurge_tap_${name}_count${labelled(labels)} ${histogram.count}`);
  }

  text(): string {
    return `${[...this.#families.values()].flat().join('\n')}\n`;
  }

  /** All lines of one name stand together, as the format wants it. */
  #lines(name: string, type: string): string[] {
    const lines = this.#families.get(name) ?? [`# TYPE pgsurge_tap_${name} ${type}`];
    this.#families.set(name, lines);
    return lines;
  }
}

const addGroup = (page: Page, hop: string, group: GroupFigures): void => {
  const labels = { hop, user: group.user, database: group.database, application: group.application };
  for (const [state, count] of Object.entries(group.connections))
    page.value('connections', 'gauge', { ...labels, state }, count);
  for (const [state, seconds] of Object.entries(group.stateSeconds))
    page.value('state_seconds_total', 'counter', { ...labels, state }, seconds);
  page.value('connections_opened_total', 'counter', labels, group.opened);
  page.value('connections_closed_total', 'counter', labels, group.closed);
  page.value('logins_failed_total', 'counter', labels, group.loginsFailed);
  page.value('acquisitions_total', 'counter', labels, group.acquisitions);
  page.value('acquisition_burst', 'gauge', labels, group.acquisitionBurst);
  page.value('used_peak', 'gauge', labels, group.usedPeak);
  page.value('oldest_hold_seconds', 'gauge', labels, group.oldestHoldSeconds);
  page.value('oldest_idle_in_transaction_seconds', 'gauge', labels, group.oldestIdleInTransactionSeconds);
  page.value('prepared_names', 'gauge', labels, group.preparedNames);
  for (const { sqlstate, family, severity, count } of group.errors)
    page.value('errors_total', 'counter', { ...labels, sqlstate, family, severity }, count);
  for (const { side, state, count } of group.vanished)
    page.value('vanished_total', 'counter', { ...labels, side, state }, count);
  for (const [kind, count] of Object.entries(group.sessionState))
    page.value('session_state_total', 'counter', { ...labels, kind }, count);
  page.histogram('login_seconds', labels, group.loginSeconds);
  page.histogram('life_seconds', labels, group.lifeSeconds);
  for (const [what, histogram] of Object.entries(group.holdSeconds))
    page.histogram('hold_seconds', { ...labels, what }, histogram);
  page.histogram('gap_seconds', labels, group.gapSeconds);
  for (const [kind, histogram] of Object.entries(group.statementSeconds))
    page.histogram('statement_seconds', { ...labels, kind }, histogram);
};

export const prometheusText = (figures: TapFigures): string => {
  const { hop, groups, unseen } = figures;
  const page = new Page();
  for (const group of groups) addGroup(page, hop, group);
  for (const [why, count] of Object.entries(unseen)) page.value('unseen_total', 'counter', { hop, why }, count);
  for (const [why, count] of Object.entries(figures.unread)) page.value('unread', 'gauge', { hop, why }, count);
  page.value('not_understood_total', 'counter', { hop }, figures.notUnderstood);
  page.value('cancels_total', 'counter', { hop }, figures.cancels);
  page.value('refused_total', 'counter', { hop }, figures.refused);
  page.value('uptime_seconds', 'gauge', { hop }, figures.uptimeSeconds);
  page.value('process_cpu_seconds_total', 'counter', { hop }, figures.process.cpuSeconds);
  page.value('process_memory_bytes', 'gauge', { hop }, figures.process.memoryBytes);
  return page.text();
};
