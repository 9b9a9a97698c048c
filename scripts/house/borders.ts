/** The staircase of docs/architecture.md, as one table that the tests hold the files to. */
import type { Import } from './imports.ts';
import { isForTests } from './sources.ts';

/**
 * The rooms from the ground up. A file uses its own room and the rooms of the steps below its own, types included;
 * rooms on one step do not know each other.
 */
export const steps: readonly (readonly string[])[] = [
  ['ground'],
  ['measure', 'system', 'config'],
  ['tools'],
  ['servers', 'tap'],
  ['profile'],
  ['stack'],
  ['launch'],
  ['load'],
  ['faults'],
  ['collect'],
  ['check'],
  ['grade'],
  ['diagnose'],
  ['archive'],
  ['report'],
  ['compare'],
  ['run'],
  ['doctor', 'selftest', 'init'],
  ['cli'],
];

const ground = [
  'harness/result.ts',
  'harness/findings.ts',
  'harness/diagnosis.ts',
  'harness/load-facts.ts',
  'harness/growth.ts',
  'harness/errors.ts',
  'harness/own-modules.ts',
  'harness/loopback.ts',
  'scenarios/lib/declaration.ts',
  'scenarios/lib/causes.ts',
  'scenarios/lib/observation.ts',
  'scenarios/lib/pooler-settings.ts',
  'scenarios/lib/journey.ts',
];
/** They call the phases; all rooms between them and the leaves are phases, which know each other by type only. */
const callers = ['run', 'doctor', 'selftest', 'init', 'cli'];
const leaves = ['ground', 'measure', 'system', 'config', 'tools', 'servers', 'tap'];
/** These judge and draw from saved values: no process, socket or database of their own. */
const pure = ['grade', 'diagnose', 'report'];
const inputAndOutput = /^(pg|execa|fastify|testcontainers|@duckdb\/.*|node:(child_process|net|http|https|dgram))$/;

const everyRoom = steps.flat();

/** The room of a file of the harness; null for what lies outside, and for a file that lies loose. */
export const roomOf = (file: string): string | null => {
  if (ground.includes(file)) return 'ground';
  const room = /^harness\/([\w-]+)\//.exec(file)?.[1];
  return room !== undefined && everyRoom.includes(room) ? room : null;
};

const stepOf = (room: string): number => steps.findIndex((step) => step.includes(room));

/** One line that says which border an import crosses, or null. */
export const borderCrossed = (file: string, { typeOnly, from }: Import): string | null => {
  if (isForTests(file)) return null;
  const why = reason(file, from, typeOnly);
  return why === null ? null : `${file} imports ${from}: ${why}`;
};

/** What runs without the harness, and so may import nothing of it. */
const apart = [
  {
    folder: 'scenarios/',
    strange: /^(harness|service)\//,
    why: 'k6 runs this file, it knows neither harness nor service',
  },
  { folder: 'service/', strange: /^(harness|scenarios)\//, why: 'the service must run without the harness' },
];

const reason = (file: string, from: string, typeOnly: boolean): string | null => {
  if (isForTests(from)) return 'this is for tests only';
  const border = apart.find(({ folder }) => file.startsWith(folder));
  if (border !== undefined) return border.strange.test(from) ? border.why : null;
  const room = roomOf(file);
  if (room === null) return null;
  if (pure.includes(room) && inputAndOutput.test(from))
    return `${room} works from saved values, without I/O of its own`;
  const other = roomOf(from);
  if (other !== null) return other === room ? null : betweenRooms(room, other, typeOnly);
  if (from.startsWith('scripts/')) return 'the harness runs without the repository’s scripts';
  return from.startsWith('scenarios/') ? 'of the scenarios, the harness knows what they declare only' : null;
};

const betweenRooms = (room: string, other: string, typeOnly: boolean): string | null => {
  if (stepOf(other) >= stepOf(room)) return `${other} is not below ${room}`;
  if (pure.includes(room) && ['system', 'tools', 'servers', 'tap'].includes(other)) {
    return `${room} works from saved values, without I/O of its own`;
  }
  if (typeOnly || callers.includes(room) || leaves.includes(other)) return null;
  // A comparison's page looks like a report's page: same frame, charts and escaping, not a second copy of them.
  if (room === 'compare' && other === 'report') return null;
  return 'phases know each other by type only';
};
