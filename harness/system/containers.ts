/** What a label marks in the Docker engine: found and removed by its own client, which a warden has too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { environmentError } from '../errors.ts';

const lookLimitMs = 10_000;
const removeLimitMs = 30_000;
const mostRounds = 8;
/** What compose had asked for when it was killed comes to be within this time. */
const underWayMs = 700;

const docker = async (args: readonly string[], timeout: number): Promise<string[]> => {
  const result = await execa('docker', [...args], { reject: false, timeout, stdin: 'ignore' });
  return (result.stdout ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
};

/** In this order: a network or volume in use cannot be removed. */
const kinds = [
  { word: 'container', list: ['ps', '--all', '--quiet', '--no-trunc'], remove: ['rm', '--force', '--volumes'] },
  { word: 'network', list: ['network', 'ls', '--quiet', '--no-trunc'], remove: ['network', 'rm'] },
  { word: 'volume', list: ['volume', 'ls', '--quiet'], remove: ['volume', 'rm', '--force'] },
] as const;

/** Containers, networks and volumes with the label `name=value`, by kind. */
export const labelled = async (label: string): Promise<{ word: string; ids: string[] }[]> =>
  Promise.all(kinds.map(async ({ word, list }) => ({ word, ids: await docker([...list, '--filter', `label=${label}`], lookLimitMs) })));

/**
 * Removes them and says so, a line each; where there is no engine there is nothing. With `lookAgain` also what the
 * engine was still making for a compose that was killed. Throws an environmentError that names what withstands.
 */
export const removeContainers = async (label: string, { lookAgain = false } = {}): Promise<string[]> => {
  const lines: string[] = [];
  let again = lookAgain;
  for (let round = 0; round < mostRounds; round += 1) {
    const found = await labelled(label);
    if (found.every(({ ids }) => ids.length === 0)) {
      if (!again) return lines;
      again = false;
      await sleep(underWayMs);
      continue;
    }
    for (const { word, remove } of kinds) {
      const ids = found.find((entry) => entry.word === word)?.ids ?? [];
      if (ids.length > 0) await docker([...remove, ...ids], removeLimitMs);
      lines.push(...ids.filter((id) => !lines.some((line) => line.endsWith(id.slice(0, 12)))).map((id) => `removed ${word} ${id.slice(0, 12)}`));
    }
  }
  const left = (await labelled(label)).flatMap(({ word, ids }) => ids.map((id) => `${word} ${id.slice(0, 12)}`));
  if (left.length > 0) throw environmentError(`${left.join(', ')} cannot be removed; try: docker rm -f, docker network rm, docker volume rm`);
  return lines;
};
