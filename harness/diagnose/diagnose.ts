/**
 * Names what caused the trouble of one entry. Pure: it works from the judged entry and what was observed, so any saved
 * run can be diagnosed again. Each cause looks for itself (`causes/`); here they are put in order, cause → consequence.
 */
import type { Damage, Diagnosis, Finding } from '../diagnosis.ts';
import type { ScenarioResult } from '../result.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { Cause, Sighting } from './cause.ts';
import { seenOf, type Host, type Seen } from './seen/seen.ts';

interface Sighted {
  cause: Cause;
  sighting: Sighting;
}

interface Found extends Sighted {
  /** What it most nearly follows from. */
  parent: Cause | null;
  damage: Damage;
}

const lookAll = (causes: readonly Cause[], seen: Seen): Sighted[] => {
  const found: Sighted[] = [];
  const ids = new Set<string>();
  for (const cause of causes) {
    const sighting = cause.look(seen, { found: ids });
    if (sighting === null) continue;
    ids.add(cause.id);
    found.push({ cause, sighting });
  }
  return found;
};

/**
 * Without another cause those are asked that say that there is none, or that it cannot be told: one of them answers.
 */
const lookIn = (causes: readonly Cause[], seen: Seen): Sighted[] => {
  const found = lookAll(
    causes.filter(({ last }) => last !== true),
    seen,
  );
  if (found.length > 0) return found;
  return lookAll(
    causes.filter(({ last }) => last === true),
    seen,
  ).slice(0, 1);
};

const isExplainedBy = ({ cause, sighting }: Sighted, other: Sighted): boolean => {
  if (sighting.follows?.includes(other.cause.id) === true) return true;
  return other.cause.rank < cause.rank && (other.sighting.explains ?? other.cause.explains).includes(cause.id);
};

/** Of several that explain it, the one nearest to it: so a chain has all its links. */
const parentOf = (one: Sighted, found: readonly Sighted[]): Cause | null =>
  found
    .filter((other) => isExplainedBy(one, other))
    .map(({ cause }) => cause)
    .toSorted((a, b) => b.rank - a.rank)[0] ?? null;

const damageOf = ({ harm }: Sighting, { requests }: Seen): Damage => ({
  requestsFailed: harm.failed == null ? null : Math.min(Math.round(harm.failed), requests.failed),
  ofFailed: requests.failed,
  ofRequests: requests.all,
  secondsWaited: harm.secondsWaited == null ? null : Math.round(harm.secondsWaited * 10) / 10,
});

/** What no count tells is put down to the first cause that nothing counted for. */
const withTheRest = (found: readonly Found[]): Found[] => {
  const roots = found.filter(({ parent }) => parent === null);
  const counted = roots.reduce((total, { damage }) => total + (damage.requestsFailed ?? 0), 0);
  const heir = roots.find(({ damage }) => damage.requestsFailed === null);
  return found.map((one) => {
    if (one !== heir) return one;
    return { ...one, damage: { ...one.damage, requestsFailed: Math.max(0, one.damage.ofFailed - counted) } };
  });
};

/** A cause of this share of the largest harm is as much the answer as that one: then the root comes first. */
const alikeShare = 0.2;

/** From 0 to 2: share of the failures, and share of the waits among all causes. */
const weights = (found: readonly Found[]): Map<Found, number> => {
  const waited = Math.max(0, ...found.map(({ damage }) => damage.secondsWaited ?? 0));
  return new Map(
    found.map((one) => {
      const { requestsFailed, ofFailed, secondsWaited } = one.damage;
      const failures = ofFailed === 0 ? 0 : (requestsFailed ?? 0) / ofFailed;
      return [one, failures + (waited === 0 ? 0 : (secondsWaited ?? 0) / waited)];
    }),
  );
};

/** Harm counts with all that follows from it. */
const weightOfTree = (root: Found, found: readonly Found[], own: ReadonlyMap<Found, number>): number =>
  Math.max(
    own.get(root) ?? 0,
    ...found.filter(({ parent }) => parent?.id === root.cause.id).map((child) => weightOfTree(child, found, own)),
  );

const treeOf = (root: Found, found: readonly Found[]): Found[] => [
  root,
  ...found.filter(({ parent }) => parent?.id === root.cause.id).flatMap((child) => treeOf(child, found)),
];

/** All that failed of an entry is put down to this one by what it is: a fault that was meant is then not the answer. */
const answers = ({ cause }: Found, { criteria }: ScenarioResult): boolean => {
  const failed = criteria.filter(({ verdict }) => verdict === 'fail');
  return failed.length > 0 && failed.every(({ id }) => cause.criteria?.includes(id) === true);
};

/**
 * Roots of much harm by their place in the chain of causes, then those of little, then what the run did on purpose;
 * behind each what follows from it.
 */
const inOrder = (found: readonly Found[], entry: ScenarioResult): Found[] => {
  const own = weights(found);
  const roots = found
    .filter(({ parent }) => parent === null)
    .map((root) => ({ root, weight: weightOfTree(root, found, own) }));
  const heaviest = Math.max(0, ...roots.map(({ weight }) => weight));
  const placeOf = ({ root, weight }: { root: Found; weight: number }): number => {
    if (answers(root, entry)) return 0;
    if (root.sighting.meant === true) return 3;
    return weight >= heaviest * alikeShare ? 1 : 2;
  };
  return roots
    .toSorted((a, b) => placeOf(a) - placeOf(b) || a.root.cause.rank - b.root.cause.rank)
    .flatMap(({ root }) => treeOf(root, found));
};

const findingOf = ({ cause, sighting, parent, damage }: Found): Finding => ({
  cause: cause.id,
  ...(sighting.kind === undefined ? {} : { kind: sighting.kind }),
  title: sighting.title ?? cause.title,
  sentence: sighting.sentence,
  number: sighting.number,
  share: damage,
  evidence: sighting.evidence,
  against: sighting.against ?? [],
  remedy: sighting.remedy,
  falseFriends: [...(sighting.falseFriends ?? cause.falseFriends)],
  consequenceOf: parent?.id ?? null,
});

/** `causes`: from `loadCauses()`. `host`: null where nobody wrote down on what it ran. */
export const diagnose = (
  entry: ScenarioResult,
  observations: Observations,
  causes: readonly Cause[],
  host: Host | null = null,
): Diagnosis => {
  const seen = seenOf(entry, observations, host);
  const sighted = lookIn(causes, seen);
  const found = sighted.map((one) => ({
    ...one,
    parent: parentOf(one, sighted),
    damage: damageOf(one.sighting, seen),
  }));
  return { findings: inOrder(withTheRest(found), entry).map(findingOf) };
};
