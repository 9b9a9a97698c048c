import path from 'node:path';
import { createWorkspace } from '../system/workspace.ts';

/**
 * Whatever the tests make in the temp folder lies in one folder of this `npm test`, and goes with it: also where
 * Ctrl-C or a kill leaves no time for an `afterAll`.
 */
export const setup = async (): Promise<() => Promise<void>> => {
  const workspace = await createWorkspace('npm test');
  process.env['TMPDIR'] = workspace.folder;
  // The tests start some hundreds of Node processes: what one has compiled, the next need not compile again.
  process.env['NODE_COMPILE_CACHE'] = path.join(workspace.folder, 'compiled');
  return async () => workspace[Symbol.asyncDispose]();
};
