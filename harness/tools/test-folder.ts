import { createWorkspace } from '../system/workspace.ts';

/**
 * Whatever the tests make in the temp folder lies in one folder of this `npm test`, and goes with it: also where
 * Ctrl-C or a kill leaves no time for an `afterAll`.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  const workspace = await createWorkspace('npm test');
  process.env['TMPDIR'] = workspace.folder;
  return async () => workspace[Symbol.asyncDispose]();
};
