/** A tap's figures as samples. What a tap counts from its start becomes what came since the last look. */
import { growthBetween } from '../measure/histograms/exponential.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { GroupFigures, TapFigures } from '../tap/figures/figures.ts';
import type { Sink } from './collector.ts';

interface Value {
  series: string;
  labels: Labels;
  value: number | ExponentialHistogram;
}

type Add = (series: string, labels: Labels, value: number | ExponentialHistogram) => void;

const addLevels = (add: Add, labels: Labels, group: GroupFigures): void => {
  for (const [state, count] of Object.entries(group.connections)) add('tap.connections', { ...labels, state }, count);
  add('tap.acquisition_burst', labels, group.acquisitionBurst);
  add('tap.used_peak', labels, group.usedPeak);
  add('tap.oldest_hold', labels, group.oldestHoldSeconds);
  add('tap.oldest_idle_in_transaction', labels, group.oldestIdleInTransactionSeconds);
  add('tap.prepared_names', labels, group.preparedNames);
};

const addTimes = (add: Add, labels: Labels, group: GroupFigures): void => {
  add('tap.login_time', labels, group.loginSeconds);
  add('tap.life_time', labels, group.lifeSeconds);
  add('tap.gap_time', labels, group.gapSeconds);
  for (const [what, times] of Object.entries(group.holdSeconds)) add('tap.hold_time', { ...labels, what }, times);
  for (const [kind, times] of Object.entries(group.statementSeconds))
    add('tap.statement_time', { ...labels, kind }, times);
};

const addCounts = (add: Add, labels: Labels, group: GroupFigures): void => {
  for (const [state, seconds] of Object.entries(group.stateSeconds))
    add('tap.state_seconds', { ...labels, state }, seconds);
  add('tap.opened', labels, group.opened);
  add('tap.closed', labels, group.closed);
  add('tap.logins_failed', labels, group.loginsFailed);
  add('tap.acquisitions', labels, group.acquisitions);
  for (const { sqlstate, family, severity, count } of group.errors)
    add('tap.errors', { ...labels, sqlstate, family, severity }, count);
  for (const { side, state, count } of group.vanished) add('tap.vanished', { ...labels, side, state }, count);
  for (const [kind, count] of Object.entries(group.sessionState)) add('tap.session_state', { ...labels, kind }, count);
};

const addTap = (add: Add, { hop, cancels, refused, unseen, notUnderstood, process }: TapFigures): void => {
  add('tap.cancels', { hop }, cancels);
  add('tap.refused', { hop }, refused);
  add('tap.not_understood', { hop }, notUnderstood);
  for (const [why, count] of Object.entries(unseen)) add('tap.unseen', { hop, why }, count);
  add('tap.cpu_seconds', { hop }, process.cpuSeconds);
};

const labelsOf = (hop: string, { user, database, application }: GroupFigures): Labels => ({
  hop,
  user,
  database,
  application,
});

const levelsOf = (figures: TapFigures): Value[] => {
  const values: Value[] = [];
  const add: Add = (series, labels, value) => values.push({ series, labels, value });
  for (const group of figures.groups) addLevels(add, labelsOf(figures.hop, group), group);
  for (const [why, count] of Object.entries(figures.unread)) add('tap.unread', { hop: figures.hop, why }, count);
  add('tap.memory_bytes', { hop: figures.hop }, figures.process.memoryBytes);
  return values;
};

const amountsOf = (figures: TapFigures): Value[] => {
  const values: Value[] = [];
  const add: Add = (series, labels, value) => values.push({ series, labels, value });
  for (const group of figures.groups) {
    addTimes(add, labelsOf(figures.hop, group), group);
    addCounts(add, labelsOf(figures.hop, group), group);
  }
  addTap(add, figures);
  return values;
};

const keyOf = ({ series, labels }: Value): string => `${series} ${JSON.stringify(labels)}`;

/** Turns what a tap says, look by look, into samples. */
export class TapSamples {
  readonly #sink: Sink;
  /** Which start of the tap the amounts before count from. Null before the first look. */
  #startedAt: string | null = null;
  #before = new Map<string, Value['value']>();

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  take(figures: TapFigures, atMs: number): void {
    for (const { series, labels, value } of levelsOf(figures)) this.#sink.sample(series, labels, value as number, atMs);
    const amounts = amountsOf(figures);
    const isFirst = this.#startedAt === null;
    if (this.#startedAt !== figures.startedAt) this.#before = new Map();
    this.#startedAt = figures.startedAt;
    // What a tap counted before the first look is not the run's; what one counts that starts again is.
    for (const amount of amounts) if (!isFirst) this.#grow(amount, atMs);
    this.#before = new Map(amounts.map((amount) => [keyOf(amount), amount.value]));
  }

  #grow(amount: Value, atMs: number): void {
    const { series, labels, value } = amount;
    const before = this.#before.get(keyOf(amount));
    if (typeof value === 'number') {
      this.#sink.declare?.(series, 'delta');
      this.#sink.sample(series, labels, value - (typeof before === 'number' ? before : 0), atMs);
      return;
    }
    const grown = typeof before === 'object' ? growthBetween(before, value) : value;
    if (grown !== null && grown.count > 0) this.#sink.histogram(series, labels, grown, atMs);
  }
}
