/** What a control group (v2) uses: of services that systemd runs. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface GroupUsage {
  cpuSeconds: number;
  runWaitSeconds: number;
  memoryBytes: number;
}

const valueIn = (file: string, pattern: RegExp): number => {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

/**
 * Memory is counted without the page cache of files, which the kernel takes back at need.
 * Waiting is what cpu.pressure calls "some". Throws if there is no such group.
 */
export const cgroupUsage = (folder: string): GroupUsage => {
  const file = (name: string): string => path.join(folder, name);
  if (!existsSync(file('cpu.stat'))) throw new Error(`the control group ${folder} cannot be read`);
  return {
    cpuSeconds: valueIn(file('cpu.stat'), /usage_usec (\d+)/) / 1e6,
    runWaitSeconds: valueIn(file('cpu.pressure'), /some .*total=(\d+)/) / 1e6,
    memoryBytes:
      valueIn(file('memory.current'), /(\d+)/) -
      valueIn(file('memory.stat'), /^file (\d+)/m) +
      valueIn(file('memory.stat'), /^shmem (\d+)/m),
  };
};
