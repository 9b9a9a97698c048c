/** What was measured, round by round, in a file that a later call goes on with. */
import { readAttempts } from '../lib/attempts.ts';

/** No proxy; the tap; the tap's process that reads nothing; Toxiproxy. */
export type Way = 'direct' | 'tap' | 'unread' | 'toxiproxy';

export interface Measured {
  /** From the instant at which pgbench was to send the statement. */
  p95Ms: number;
  /** From the instant at which it sent it: without its own lateness. */
  sentP95Ms: number;
  cores: number;
  /** CPU time that a statement took of the proxy. */
  cpuUs: number;
  perSecond: number;
}

export interface Round {
  commit: string;
  at: string;
  /** Of the machine before it, over one minute. */
  load: number;
  rate: number;
  seconds: number;
  measured: Partial<Record<Way, Measured>>;
}

export interface Series {
  commit: string;
  pairs: number;
  seconds: number;
  minutes: number;
  rates: readonly number[];
  ways: readonly Way[];
  results: string;
}

/** Has it been measured as it is asked for now? Another length or another set of ways is another series. */
const isOf = ({ commit, seconds, ways }: Series, round: Round): boolean =>
  round.commit === commit && round.seconds === seconds && ways.every((way) => way in round.measured);

/** The rates of the rounds that are still to be made, in turns, so that a series that is cut off has some of each. */
export const missingRounds = (series: Series): number[] => {
  const made = readAttempts<Round>(series.results).filter((round) => isOf(series, round));
  const madeOf = (rate: number): number => made.filter((round) => round.rate === rate).length;
  const turns = Array.from({ length: series.pairs }, (_, turn) => turn);
  return turns.flatMap((turn) => series.rates.filter((rate) => madeOf(rate) <= turn));
};
