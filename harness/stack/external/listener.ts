/** The process behind an address of this machine: what it uses is seen, and nothing is done to it. */
import { listenerOn } from '../../system/listening.ts';
import { isLoopback } from '../../loopback.ts';
import { isAlive, type ProcessStat } from '../../system/proc.ts';
import type { Component } from '../stack.ts';

/** Looking for it takes all processes' sockets: so often at most, while it is down. */
const lookEveryMs = 5000;

/** These pass on what somebody else answers. */
const passesOn = /^(?:docker-proxy|rootlessport|ssh|kubectl|socat|toxiproxy|pasta|slirp4netns)/;

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
};

const portOf = (url: string): number | null => {
  const { hostname, port, protocol, searchParams } = new URL(url);
  // A socket's file has no port.
  if (!isLoopback(hostname) || searchParams.has('host')) return null;
  return port === '' ? (defaultPorts[protocol] ?? null) : Number(port);
};

/** `command`: how the process is called, where that is known. */
export const usageBehind = (url: string | null, command = /./): Component['usage'] => {
  const port = url === null || url === '' ? null : portOf(url);
  let found: ProcessStat | null = null;
  let lookedAtMs = -Infinity;
  const isIt = (stat: ProcessStat | null): boolean =>
    stat !== null && command.test(stat.command) && !passesOn.test(stat.command);
  return () => {
    if (port === null) return null;
    if (found !== null && !isAlive(found)) found = null;
    if (found === null && performance.now() - lookedAtMs >= lookEveryMs) {
      lookedAtMs = performance.now();
      const listener = listenerOn(port);
      found = isIt(listener) ? listener : null;
    }
    return found === null ? null : { kind: 'processTree', pid: found.pid, cpuOnly: true };
  };
};
