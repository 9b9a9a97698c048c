/**
 * Two single runs along their time lines. Roll-up buckets of the same instant of the same phase are paired, neighbours
 * are joined into blocks (samples of one run follow from each other), and the blocks are resampled. The interval says
 * how much these two time lines differ, not whether two releases do: it never gates.
 */
import { mean } from 'simple-statistics';
import { randomFrom } from '../measure/statistics/random.ts';
import { bootstrapInterval } from '../measure/statistics/shift.ts';
import type { RollUp } from '../measure/tracks/rollup.ts';
import type { PhaseResult } from '../result.ts';
import type { PairedBlocks } from './comparison.ts';

/** Neighbouring buckets follow from each other, so that a block of them counts as one observation. */
const bucketsPerBlock = 5;
/** With fewer blocks no interval is told. */
const fewestBlocks = 8;

/** An entry's roll-up with its phases: its time line. */
export interface PhaseLine {
  rollUp: RollUp;
  phases: readonly PhaseResult[];
}

interface Block {
  base: number;
  head: number;
}

/** Values of a track within a phase, from the phase's first whole bucket. */
export const withinPhase = ({ rollUp, phases }: PhaseLine, track: string, phase: string): (number | null)[] => {
  const values = rollUp.tracks.find(({ id }) => id === track)?.values;
  const span = phases.find(({ name }) => name === phase);
  if (values === undefined || span === undefined) return [];
  const bucket = (ms: number): number => Math.round((ms - rollUp.startMs) / rollUp.stepMs);
  return values.slice(bucket(span.startMs), bucket(span.endMs));
};

/** Buckets in which both sides saw something. */
const pairedBuckets = (base: readonly (number | null)[], head: readonly (number | null)[]): Block[] =>
  base.slice(0, head.length).flatMap((value, index) => {
    const other = head[index] ?? null;
    return value === null || other === null ? [] : [{ base: value, head: other }];
  });

/** Means of so many neighbours each; what is left over at the end makes no block. */
const blocksOf = (buckets: readonly Block[]): Block[] =>
  Array.from({ length: Math.floor(buckets.length / bucketsPerBlock) }, (_, block) => {
    const own = buckets.slice(block * bucketsPerBlock, (block + 1) * bucketsPerBlock);
    return { base: mean(own.map(({ base }) => base)), head: mean(own.map(({ head }) => head)) };
  });

const average = (values: Float64Array): number => mean(Array.from(values));

/** Over all phases but warm-up; null below eight blocks, with unlike grids, or where base is 0 throughout. */
export const pairedBlocks = (base: PhaseLine, head: PhaseLine, track: string): PairedBlocks | null => {
  if (base.rollUp.stepMs !== head.rollUp.stepMs) return null;
  const blocks = head.phases
    .filter(({ kind }) => kind !== 'warmup')
    .flatMap(({ name }) => blocksOf(pairedBuckets(withinPhase(base, track, name), withinPhase(head, track, name))));
  if (blocks.length < fewestBlocks) return null;
  const level = Math.abs(mean(blocks.map((block) => block.base)));
  if (level === 0) return null;
  const differences = blocks.map((block) => (block.head - block.base) / level);
  return {
    track,
    blocks: blocks.length,
    higher: differences.filter((difference) => difference > 0).length,
    relative: mean(differences),
    interval: bootstrapInterval(differences, average, randomFrom(1)),
  };
};
