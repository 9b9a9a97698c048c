import { environmentError, messageOf } from '../errors.ts';
import { toxiproxyAt } from '../servers/toxiproxy/client.ts';
import { hopsIn } from '../servers/toxiproxy/hops.ts';
import type { StartedStack } from '../stack/stack.ts';

const limitMs = 5000;

/**
 * Takes the stated latency off the links once the load has ended: what is under way then ends within milliseconds, so
 * that the final reads need not wait for round trips that no longer prove anything.
 */
export const liftLatency = async ({ toxiproxy }: StartedStack): Promise<boolean> => {
  if (toxiproxy === null || hopsIn(toxiproxy.proxies).every(([, { roundTripMs }]) => roundTripMs === 0)) return false;
  await toxiproxyAt(toxiproxy.apiUrl, limitMs)
    .reset()
    .catch((error: unknown) => {
      throw environmentError(`the link's latency was not lifted: ${messageOf(error)}; see Toxiproxy's log`);
    });
  return true;
};
