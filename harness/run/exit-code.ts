/** A run's verdict, and what came of comparing it, as the one number that scripts read. */
import { exitCodes, type ExitCode } from '../errors.ts';
import type { RunResult } from '../result.ts';

export const exitCodeOf = ({ state, verdict }: Pick<RunResult, 'state' | 'verdict'>): ExitCode => {
  if (state === 'interrupted') return exitCodes.interrupted;
  if (verdict === 'fail') return exitCodes.failed;
  return verdict === 'inconclusive' ? exitCodes.inconclusive : exitCodes.asExpected;
};

/** Fail beats inconclusive; an interrupted run is that and nothing else. */
export const worseOf = (run: ExitCode, compared: ExitCode): ExitCode => {
  const order: ExitCode[] = [exitCodes.interrupted, exitCodes.failed, exitCodes.inconclusive];
  return order.find((code) => run === code || compared === code) ?? exitCodes.asExpected;
};
