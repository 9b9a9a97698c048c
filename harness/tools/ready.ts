import { everyTool } from './every-tool.ts';

/** Gets every tool before the first stack test, so that none pays for a build of two minutes within its own limit. */
export const setup = async (): Promise<void> => {
  for (const resolve of everyTool) await resolve((line) => console.error(line));
};
