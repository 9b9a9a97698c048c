/** The load itself did not come as asked: the generator, its script or its machine. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatCountOf, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { slowMs } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

interface Fault {
  kind: 'script' | 'users' | 'machine';
  sentence: string;
  number: string;
  evidence: Evidence[];
  remedy: string;
}

/** Iterations that end in an exception test nothing. */
const mostlyThrown = 0.5;

/** Where as many requests failed, the script threw over what it was answered: then that is the story. */
const followsFailures = (thrown: number, { requests }: Seen): boolean =>
  requests.failed + requests.refused >= thrown / 2;

const byScript = (seen: Seen): Fault | null => {
  const { entry } = seen;
  const thrown = (entry.loadTotals?.words?.exceptions ?? []).filter(({ place }) => place === 'iteration');
  const count = thrown.reduce((total, one) => total + one.count, 0);
  const iterations = entry.loadTotals?.iterations ?? 0;
  if (count === 0 || count < mostlyThrown * iterations || followsFailures(count, seen)) return null;
  return {
    kind: 'script',
    sentence: `The load's own script fails: ${formatCountOf(count, iterations)} iterations ended in an exception`,
    number: `first: ${thrown[0]!.text} (${thrown[0]!.line})`,
    evidence: [{ text: `${thrown[0]!.text} at ${thrown[0]!.line}`, source: "k6's log" }],
    remedy: 'Mend the script first: of a service that nobody asked anything nothing can be told',
  };
};

const isQuick = ({ requests, sessions }: Seen): boolean =>
  (requests.latencyMsP95 ?? 0) < slowMs &&
  requests.failed <= 0.01 * requests.all &&
  sessions.waiting('Lock').peak === 0;

/** By the criterion's evidence: k6 was held back, or the script allows too few users. Null: it was the service. */
const heldBack = ({ entry }: Seen): 'generator' | 'script' | null => {
  const found = entry.criteria.find(({ id }) => id === 'dropped-iterations');
  if (found === undefined) return 'generator';
  if (found.verdict !== 'inconclusive') return null;
  return found.reason.startsWith("the script's own limit") ? 'script' : 'generator';
};

const whose = {
  generator: 'The generator fell behind, not the service',
  script: 'The script allows too few users for its rate',
};

/**
 * The service answers quickly, and iterations could not begin all the same. Where the script stopped itself at a bound
 * of its own, that comes first.
 */
const byUsers = (seen: Seen): Fault | null => {
  const held = heldBack(seen);
  if (held === null || seen.entry.loadTotals?.words?.stopped != null) return null;
  const dropped = seen.entry.loadTotals?.droppedIterations ?? 0;
  const iterations = seen.entry.loadTotals?.iterations ?? 0;
  if (dropped === 0 || dropped < 0.01 * (iterations + dropped) || !isQuick(seen)) return null;
  return {
    kind: 'users',
    sentence:
      `${whose[held]}: ${formatCount(dropped)} iterations were not begun, while 95 % of ` +
      `requests took ${(seen.requests.latencyMsP95 ?? 0).toFixed(0)} ms or less`,
    number: `${formatCountOf(dropped, iterations + dropped)} iterations dropped`,
    evidence: [{ text: `${formatCount(dropped)} dropped iterations`, source: 'k6' }],
    remedy: 'Allow more users (maxVUs, preAllocatedVUs), or give the generator a machine of its own',
  };
};

const machineCodes = (code: number): boolean =>
  code === 1010 || (code >= 1100 && code < 1110) || code === 1202 || code === 1213;

const feltMs = 50;

/** Where requests fail, its waits for a core are not why; and of a few ms nobody's answers are slow. */
const isFelt = (waitedMs: number, { requests }: Seen): boolean =>
  requests.failed <= 0.01 * requests.all && waitedMs >= feltMs && waitedMs > 0.5 * (requests.latencyMsP95 ?? Infinity);

const byMachine = (seen: Seen): Fault | null => {
  const { requests, entry } = seen;
  const own = [...requests.byCode]
    .filter(([code]) => machineCodes(code))
    .reduce((total, [, count]) => total + count, 0);
  const waited = entry.health.find(({ id }) => id === 'generator-wait');
  const isStarved = waited?.value != null && !waited.ok && isFelt(waited.value, seen);
  if (own === 0 && !isStarved) return null;
  const what =
    own > 0
      ? `${plural(own, 'request')} never left it (no name, port or file)`
      : `a request waited ${waited!.value!.toFixed(0)} ms for a core before it was sent`;
  return {
    kind: 'machine',
    sentence: `The generator's own machine is the limit: ${what}`,
    number: what,
    evidence: [{ text: what, source: 'k6' }],
    remedy: 'Give the generator a machine of its own, or ask for less; nothing here says anything of the service',
  };
};

const look = (seen: Seen): Sighting | null => {
  const fault = byScript(seen) ?? byMachine(seen) ?? byUsers(seen);
  if (fault === null) return null;
  return {
    kind: fault.kind,
    sentence: fault.sentence,
    number: fault.number,
    evidence: fault.evidence,
    remedy: { sentence: fault.remedy },
    harm: { failed: fault.kind === 'users' ? 0 : null },
  };
};

export const cause: Cause = {
  id: 'generator',
  title: 'The load generator',
  rank: 4,
  needs: "k6's own figures and log",
  explains: ['closed-loop-stall', 'wrong-data'],
  falseFriends: ['The service: it answered what it was asked'],
  look,
};
