/** k6's exit codes, by what each means: its package errext/exitcodes. */
export const k6Exit = {
  asDeclared: 0,
  thresholdBroke: 99,
  setupTimedOut: 100,
  teardownTimedOut: 101,
  optionsRefused: 104,
  interrupted: 105,
  threwOutsideIterations: 107,
  aborted: 108,
  markedFailed: 110,
} as const;
