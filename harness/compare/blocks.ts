/**
 * Two single runs along their time lines: roll-up buckets of the same instant of the same phase are paired, neighbours
 * are joined into blocks (samples of one run follow from each other), and the blocks are resampled. The interval says how
 * much these two time lines differ, not whether two releases do: it never gates.
 */
import { mean } from 'simple-statistics';
import type { RollUp } from '../measure/tracks/rollup.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { bootstrapInterval } from '../measure/statistics/shift.ts';
import type { PhaseResult } from '../result.ts';
import type { PairedBlocks } from './comparison.ts';

const bucketsPerBlock = 5;
const fewestBlocks = 8;

export interface PhaseLine {
  rollUp: RollUp;
  phases: readonly PhaseResult[];
}

/** Values of a track within a phase, from the phase's first whole bucket. */
export const withinPhase = ({ rollUp, phases }: PhaseLine, track: string, phase: string): (number | null)[] => {
  const values = rollUp.tracks.find(({ id }) => id === track)?.values;
  const span = phases.find(({ name }) => name === phase);
  if (values === undefined || span === undefined) return [];
  const bucket = (ms: number): number => Math.round((ms - rollUp.startMs) / rollUp.stepMs);
  return values.slice(bucket(span.startMs), bucket(span.endMs));
};

const blocksOf = (
  base: readonly (number | null)[],
  head: readonly (number | null)[],
): { base: number; head: number }[] => {
  const pairs = base.slice(0, head.length).flatMap((value, index) => {
    const other = head[index] ?? null;
    return value === null || other === null ? [] : [{ base: value, head: other }];
  });
  const blocks: { base: number; head: number }[] = [];
  for (let start = 0; start + bucketsPerBlock <= pairs.length; start += bucketsPerBlock) {
    const block = pairs.slice(start, start + bucketsPerBlock);
    blocks.push({ base: mean(block.map((pair) => pair.base)), head: mean(block.map((pair) => pair.head)) });
  }
  return blocks;
};

/** Over all phases but warm-up; null below eight blocks, with unlike grids, or where base is 0 throughout. */
export const pairedBlocks = (base: PhaseLine, head: PhaseLine, track: string): PairedBlocks | null => {
  if (base.rollUp.stepMs !== head.rollUp.stepMs) return null;
  const blocks = head.phases
    .filter(({ kind }) => kind !== 'warmup')
    .flatMap(({ name }) => blocksOf(withinPhase(base, track, name), withinPhase(head, track, name)));
  if (blocks.length < fewestBlocks) return null;
  const level = Math.abs(mean(blocks.map((block) => block.base)));
  if (level === 0) return null;
  const differences = blocks.map((block) => (block.head - block.base) / level);
  const average = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((total, value) => total + value, 0) / values.length;
  return {
    track,
    blocks: blocks.length,
    higher: differences.filter((difference) => difference > 0).length,
    relative: average(differences),
    interval: bootstrapInterval(differences, average, randomFrom(1)),
  };
};
