/** On which TCP ports processes listen, as /proc shows it: for a service that serves, but not where it was asked to. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listProcesses, type ProcessStat } from './proc.ts';

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const socketsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};

const listenState = '0A';

/** Address in hexadecimal and port, by the socket's inode. */
const listeners = (): Map<string, { address: string; port: number }> =>
  new Map(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
      textOf(file)
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[3] === listenState)
        .map((fields): [string, { address: string; port: number }] => {
          const [address = '', port = '0'] = fields[1]!.split(':');
          return [fields[9]!, { address, port: Number.parseInt(port, 16) }];
        }),
    ),
  );

const loopbackIp6 = '00000000000000000000000001000000';

/** Reached at 127.0.0.1: that address itself, all of this machine, or its form in IPv6. */
const isReachable = (address: string): boolean =>
  /^0+$/.test(address) || address === '0100007F' || address.endsWith('FFFF00000100007F');

/** Ports of these processes, and whether 127.0.0.1 reaches them. */
export const listeningPorts = (
  pids: readonly number[],
): { port: number; isReachable: boolean; isIp6Loopback: boolean }[] => {
  const all = listeners();
  const found = pids.flatMap(socketsOf).flatMap((inode) => all.get(inode) ?? []);
  const byPort = Map.groupBy(found, ({ port }) => port);
  return [...byPort].map(([port, ofPort]) => ({
    port,
    isReachable: ofPort.some(({ address }) => isReachable(address)),
    isIp6Loopback: ofPort.some(({ address }) => address === loopbackIp6),
  }));
};

/**
 * Who listens on this port of loopback; null: nobody, or somebody whose sockets may not be seen. Of several that share
 * the socket (a server and those that it forked) the one that the others come from.
 */
export const listenerOn = (port: number): ProcessStat | null => {
  const inodes = new Set(
    [...listeners()].filter(([, one]) => one.port === port && isReachable(one.address)).map(([inode]) => inode),
  );
  if (inodes.size === 0) return null;
  const holders = listProcesses().filter(({ pid }) => socketsOf(pid).some((inode) => inodes.has(inode)));
  return holders.find(({ parentPid }) => !holders.some(({ pid }) => pid === parentPid)) ?? null;
};
