import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { environmentError } from '../errors.ts';

/** Below the ephemeral range (32768 up), so that no outgoing connection can sit on one. */
const lowest = 20_000;
const highest = 29_999;
const reserved = new Set<number>();

/** True if nothing listens on that loopback port now. */
export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

/**
 * Loopback ports that nothing listens on and that this process has not handed out before. Drawn at random, so that
 * others who do the same at the same time get different ones. Throws if the whole range is taken.
 */
export const freePorts = async (count: number): Promise<number[]> => {
  const found: number[] = [];
  for (let attempt = 0; found.length < count && attempt < 1000; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if (reserved.has(port)) continue;
    reserved.add(port);
    if (await isPortFree(port)) found.push(port);
    else reserved.delete(port);
  }
  if (found.length < count)
    throw environmentError(
      `no ${count} free loopback ports between ${lowest} and ${highest}; see who listens: ss -ltnp`,
    );
  return found;
};

export const releasePorts = (ports: Iterable<number>): void => {
  for (const port of ports) reserved.delete(port);
};
