/** Finds and removes what a label marks in the Docker engine, by Docker's own client, which a warden has too. */
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { environmentError } from '../errors.ts';

const lookLimitMs = 10_000;
const removeLimitMs = 30_000;
const mostRounds = 8;
/** What compose had asked for when it was killed comes to be within this time. */
const underWayMs = 700;

interface Options {
  /** Removes also what the engine was still making for a compose that was killed. */
  lookAgain?: boolean;
  /** As in DOCKER_HOST: the engine that has them. Default: the one that the Docker client asks here. */
  engine?: string | null;
}

const docker = (args: readonly string[], timeout: number, engine: string | null) =>
  execa('docker', [...args], {
    reject: false,
    timeout,
    stdin: 'ignore',
    env: engine === null ? {} : { DOCKER_HOST: engine },
  });

const whyFailed = ({ timedOut, code, stderr, shortMessage }: Awaited<ReturnType<typeof docker>>): string => {
  if (timedOut) return `no answer within ${lookLimitMs / 1000} s`;
  if (code === 'ENOENT') return 'docker is not installed here';
  return (stderr ?? '').trim().split('\n').at(-1) || (shortMessage ?? '');
};

/** What was not answered is not "nothing": throws an environmentError that says why. */
const idsOf = async (args: readonly string[], engine: string | null): Promise<string[]> => {
  const result = await docker(args, lookLimitMs, engine);
  if (result.failed) throw environmentError(`the Docker engine cannot be asked: ${whyFailed(result)}`);
  return result.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

/** In this order: a network or volume in use cannot be removed. */
const kinds = [
  { word: 'container', list: ['ps', '--all', '--quiet', '--no-trunc'], remove: ['rm', '--force', '--volumes'] },
  { word: 'network', list: ['network', 'ls', '--quiet', '--no-trunc'], remove: ['network', 'rm'] },
  { word: 'volume', list: ['volume', 'ls', '--quiet'], remove: ['volume', 'rm', '--force'] },
] as const;

type Labelled = readonly { word: string; ids: string[] }[];

/**
 * Containers, networks and volumes with the label `name=value`, by kind. Throws an environmentError where the engine
 * does not say.
 */
export const labelled = async (label: string, engine: string | null = null): Promise<Labelled> =>
  Promise.all(
    kinds.map(async ({ word, list }) => ({ word, ids: await idsOf([...list, '--filter', `label=${label}`], engine) })),
  );

const removeFound = async (found: Labelled, engine: string | null): Promise<string[]> => {
  const lines: string[] = [];
  for (const { word, remove } of kinds) {
    const ids = found.find((entry) => entry.word === word)?.ids ?? [];
    if (ids.length > 0) await docker([...remove, ...ids], removeLimitMs, engine);
    lines.push(...ids.map((id) => `removed ${word} ${id.slice(0, 12)}`));
  }
  return lines;
};

const mustBeGone = async (label: string, engine: string | null): Promise<void> => {
  const found = await labelled(label, engine);
  const left = found.flatMap(({ word, ids }) => ids.map((id) => `${word} ${id.slice(0, 12)}`));
  if (left.length === 0) return;
  throw environmentError(
    `${left.join(', ')} cannot be removed; try: docker rm -f, docker network rm, docker volume rm`,
  );
};

/**
 * Removes them and says so, a line each. Throws an environmentError that names what withstands, or where the engine
 * does not say.
 */
export const removeContainers = async (
  label: string,
  { lookAgain = false, engine = null }: Options = {},
): Promise<string[]> => {
  // What withstands the first time is removed again, and said once.
  const lines = new Set<string>();
  let again = lookAgain;
  for (let round = 0; round < mostRounds; round += 1) {
    const found = await labelled(label, engine);
    const none = found.every(({ ids }) => ids.length === 0);
    if (none && !again) return [...lines];
    if (none) {
      again = false;
      await sleep(underWayMs);
    } else for (const line of await removeFound(found, engine)) lines.add(line);
  }
  await mustBeGone(label, engine);
  return [...lines];
};
