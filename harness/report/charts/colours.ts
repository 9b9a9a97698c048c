/**
 * Colours by meaning, as names of the page's CSS variables: they change with light and dark, and differ in lightness
 * for colour-blind readers. A series that is not named here takes the next of `others`.
 */
type Look = [colour: string, dash?: string];

const meanings: Record<string, Look> = {
  'requests.ok': ['blue'],
  'requests.expected': ['teal'],
  'requests.refused': ['gold'],
  'requests.error': ['red'],
  'requests.dropped': ['purple'],
  'latency.p50': ['teal'],
  'latency.p95': ['blue'],
  'latency.p99': ['purple', '5 3'],
  'time.database': ['blue'],
  'time.held': ['grey'],
  'time.pooler-wait': ['gold'],
  'time.pool-wait': ['orange'],
  'pool.used': ['blue'],
  'pool.idle': ['pale'],
  'pool.pending': ['orange'],
  'pool.total': ['blue'],
  'pooler.servers.active': ['blue'],
  'pooler.servers.idle': ['pale'],
  'pooler.servers.login': ['gold'],
  'pooler.clients.active': ['teal', '5 3'],
  'pooler.clients.waiting': ['orange'],
  'pooler.wait-mean': ['blue'],
  'pooler.maxwait': ['orange', '5 3'],
  'pooler.assignments': ['gold', '2 2'],
  'database.commits': ['blue'],
  'database.rollbacks': ['orange'],
  'database.deadlocks': ['red'],
  'sessions.active': ['blue'],
  'sessions.idle-in-transaction': ['orange'],
  'sessions.starting': ['gold'],
  'sessions.idle': ['pale'],
  'sessions.other': ['grey'],
  'sessions.authenticated': ['teal', '5 3'],
  'waits.lock': ['orange'],
  'waits.io': ['teal'],
  'waits.lwlock': ['gold'],
  'locks.waiting': ['red', '5 3'],
  'age.transaction': ['blue'],
  'age.idle-in-transaction': ['orange', '5 3'],
  'tasks.running': ['blue'],
  'tasks.pending': ['gold'],
  'tasks.waiting': ['pale'],
  'jobs.active': ['purple', '5 3'],
  'jobs.done': ['teal'],
  'tasks.completed': ['orange', '2 2'],
  'errors.pool-timeout': ['orange'],
  'errors.transactions': ['red'],
  'schedules.total': ['purple', '5 3'],
  'dispatched.total': ['blue'],
};

/** Colours of components, which are the second word of the ids of tracks of CPU and memory. */
const components: Record<string, Look> = {
  service: ['blue'],
  pooler: ['gold', '2 2'],
  database: ['purple', '5 3'],
};

/** States of a connection: the last word of ids such as `tap.to-pooler.idle`. */
const states: Record<string, Look> = {
  active: ['blue'],
  'idle-in-transaction': ['orange'],
  starting: ['gold'],
  idle: ['pale'],
};

const others = ['blue', 'orange', 'teal', 'purple', 'gold', 'red', 'grey'];

export const colourOf = (id: string, index: number): { colour: string; dash: string | null } => {
  const [, component = '', state = ''] = id.split('.');
  const known = meanings[id] ?? components[component] ?? states[state];
  const [colour, dash = null] = known ?? [others[index % others.length]!];
  return { colour, dash };
};
