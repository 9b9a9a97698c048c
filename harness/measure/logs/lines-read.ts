/** How much of a component's log was read, and how much of it was understood. */
import { seriesOf, type Observations } from '../tracks/observations.ts';

export interface LinesRead {
  read: number;
  /** Lines without a level that can be read, whose words are none that are known as an error. */
  notUnderstood: number;
}

/** Of all its instances; null where nobody counted, as in older runs. */
export const linesReadOf = (observations: Observations, component: string): LinesRead | null => {
  const counters = seriesOf(observations, 'log.lines', { component });
  if (counters.length === 0) return null;
  const total = (kind: string): number =>
    counters.filter(({ labels }) => labels['kind'] === kind).reduce((sum, { values }) => sum + (values.at(-1) ?? 0), 0);
  return { read: total('read'), notUnderstood: total('not-understood') };
};

/** Most of what was read said nothing that could be understood: that no error was found then means nothing. */
export const isMostlyUnread = ({ read, notUnderstood }: LinesRead): boolean => read > 0 && notUnderstood > read / 2;
