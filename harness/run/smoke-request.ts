import type { RunRequest } from './request.ts';

/** What code asks for that starts runs by itself: seconds, on the local stack, each variant once. */
export const smokeRequest = (
  asked: Pick<RunRequest, 'scenarios' | 'reports' | 'argv'> & Partial<RunRequest>,
): RunRequest => ({
  profile: 'smoke',
  stack: 'local',
  variant: 'all',
  repeats: 1,
  seed: 1,
  allowHost: [],
  ...asked,
});
