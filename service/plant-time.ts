import type { Settings } from './settings.ts';

/** Whether plants that act on requests do so now: a defect may begin late, and end again. */
export const plantsAct = ({ plantsFromSeconds, plantsUntilSeconds }: Settings): boolean => {
  const upSeconds = process.uptime();
  return upSeconds >= plantsFromSeconds && (plantsUntilSeconds === 0 || upSeconds < plantsUntilSeconds);
};
