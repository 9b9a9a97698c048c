/** The server that stands for the sites which the service crawls: `service/partner/`. */
import type { Address } from '../servers/address.ts';
import type { StackSpec, StartedStack } from './stack.ts';

export const urlAt = ({ host, port }: Address): string => `http://${host}:${port}`;

export const answersReady = async (url: string): Promise<boolean> => {
  const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1000) });
  await response.arrayBuffer();
  return response.ok;
};

/** What is stated of the stack beside what its servers report. */
export const statedSettings = ({
  poolers,
  linkMs,
  databaseLinkLatencyMs,
  neighbourSessions,
  tap,
  partner,
}: StackSpec): StartedStack['settings'] => ({
  poolers,
  linkMs,
  databaseLinkLatencyMs,
  ...(neighbourSessions > 0 ? { neighbourSessions } : {}),
  ...(tap ? { tap } : {}),
  ...Object.fromEntries(Object.entries(partner).map(([name, value]) => [`partner.${name}`, value as number])),
});
