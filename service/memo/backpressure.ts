/**
 * How many handlers may run, by the app pool's own utilisation: more below 50 %, fewer above 80 %. Between the two
 * nothing changes, so that a steady load finds a level and stays there.
 */
export interface Level {
  /** Handlers that may run. */
  readonly allowed: number;
  /** Looks at the share (0..1) of the app pool that is in use. */
  look(share: number): void;
}

/** Shares of the app pool in use, above which there are fewer handlers and below which there are more. */
const fewerAbove = 0.8;
const moreBelow = 0.5;
/** Half as many more, a quarter fewer: a step never leads from below the band to above it. */
const up = 1.5;
const down = 0.75;

export const createLevel = (floor: number, ceiling: number): Level => {
  let allowed = floor;
  return {
    get allowed() {
      return allowed;
    },
    look: (share) => {
      if (share > fewerAbove) allowed = Math.max(floor, Math.floor(allowed * down));
      else if (share < moreBelow) allowed = Math.min(ceiling, Math.ceil(allowed * up));
    },
  };
};
