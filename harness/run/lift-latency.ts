import { environmentError } from '../errors.ts';
import type { StartedStack } from '../stack/stack.ts';

const limitMs = 5000;

/**
 * Takes the stated latency off the links once the load has ended: what is under way then ends within milliseconds, so
 * that the final reads need not wait for round trips that no longer prove anything.
 */
export const liftLatency = async ({ spec, toxiproxy }: StartedStack): Promise<boolean> => {
  if (toxiproxy === null || spec.databaseLinkLatencyMs === 0) return false;
  const response = await fetch(`${toxiproxy.apiUrl}/reset`, { method: 'POST', signal: AbortSignal.timeout(limitMs) });
  await response.arrayBuffer();
  if (!response.ok)
    throw environmentError(`Toxiproxy did not lift the link's latency (HTTP ${response.status}): see its log`);
  return true;
};
