/** Poolers beside PgBouncer: pgcat, Odyssey, RDS Proxy, Neon, Supavisor, Pgpool-II. */
import type { Signature } from '../signature.ts';

type Row = readonly [family: string, by: string, pattern: RegExp, example: string];

const waits: readonly Row[] = [
  [
    'pooler-down',
    'pgcat',
    /could not get connection from (the )?pool.*AllServersDown|Pool down for database/i,
    'could not get connection from the pool - AllServersDown',
  ],
  [
    'pooler-wait',
    'pgcat',
    /checkout failure limit reached|could not get connection from the pool|Could not get connection from pool: \{/i,
    'checkout failure limit reached (3 / 3)',
  ],
  [
    'pooler-wait',
    'Odyssey',
    /too many (active clients for user|(client )?tcp connections)/i,
    'too many active clients for user (pool_size for user app.shop reached 20)',
  ],
  [
    'pooler-wait',
    'RDS Proxy',
    /Timed-out waiting to acquire database connection/i,
    'Timed-out waiting to acquire database connection',
  ],
  [
    'pooler-wait',
    'RDS Proxy',
    /client connections to the proxy exceeded|Rate of connection to proxy exceeded/i,
    'The maximum number of client connections to the proxy exceeded 1000.',
  ],
  [
    'pooler-wait',
    'Neon',
    /Too many connections (to this endpoint|attempts)|acquir\w+ (resource )?permit/i,
    'Failed to acquire permit to connect to the database. Too many database connection attempts are currently ongoing.',
  ],
  [
    'pooler-wait',
    'Supavisor',
    /max client(s| connections) reached|\bEMAXCONN/i,
    'max clients reached in session mode - max clients are limited to pool_size: 15',
  ],
  [
    'pooler-wait',
    'Supavisor',
    /unable to check out connection from the pool|failed to check out a connection after/i,
    'unable to check out connection from the pool after 60000ms in transaction mode',
  ],
];

const downs: readonly Row[] = [
  [
    'pooler-down',
    'Pgpool-II',
    /all backend nodes are down|pgpool is not accepting any new connections|failed to create a backend \d+ connection/i,
    'pgpool is not accepting any new connections',
  ],
  [
    'pooler-down',
    'Odyssey',
    /failed to (get remote server connection|connect to remote server)|Odyssey is gracefully shutting down/i,
    'failed to get remote server connection',
  ],
  [
    'pooler-down',
    'Odyssey',
    /replication lag too big .*connection rejected/i,
    'replication lag too big (31 seconds), connection rejected: shop app',
  ],
  [
    'auth',
    'Neon',
    /endpoint cannot be found|Endpoint ID is not specified/i,
    'Control plane request failed: endpoint cannot be found',
  ],
  [
    'pooler-down',
    'Neon',
    /Control plane request failed/i,
    'Control plane request failed: endpoint is temporarily unavailable.',
  ],
  [
    'pooler-down',
    'Neon',
    /could(n't| not) connect to (compute|postgres in compute)/i,
    "Couldn't connect to compute node: connection refused",
  ],
  [
    'pooler-down',
    'Supavisor',
    /circuit breaker open for operation|pool terminating: |max pools count reached|worker processes \(manager\/pool\) not found/i,
    'circuit breaker open for operation: get_secrets, blocked until: 1764321240',
  ],
  ['memory', 'Odyssey', /soft out of memory/i, 'soft out of memory'],
  [
    'pool-mode',
    'RDS Proxy',
    /RDS Proxy currently doesn't support/i,
    "Feature not supported: RDS Proxy currently doesn't support the option statement_timeout.",
  ],
  [
    'pool-mode',
    'Supavisor',
    /only supports prepared statements using the Extended Query/i,
    'transaction mode only supports prepared statements using the Extended Query Protocol',
  ],
  [
    'client-timeout',
    'Neon',
    /cancelled while stuck trying to connect/i,
    'query was cancelled while stuck trying to connect to the database',
  ],
  ['connect-timeout', 'Neon', /Authentication timed out/i, 'Authentication timed out'],
  ['connect-timeout', 'Neon', /Disconnected due to inactivity after/i, 'Disconnected due to inactivity after 2m.'],
];

const maybeRan: readonly Row[] = [
  [
    'connection-lost',
    'Pgpool-II',
    /unable to (read|flush|write) data (from|to) DB node|unable to read message kind|kind mismatch among backends/i,
    'unable to read data from DB node 0',
  ],
  [
    'pooler-down',
    'Odyssey',
    /killed by Odyssey configuration reloading/i,
    'Connection was killed by Odyssey configuration reloading or console command',
  ],
  [
    'connection-lost',
    'Odyssey',
    /remote server .*(readahead buffer full|read\/write error)|Connection was dropped by unexpected reason/i,
    'remote server read/write error s52bf1b2c01f5: Connection reset by peer',
  ],
  ['client-timeout', 'pgcat', /pool statement timeout/i, 'pool statement timeout'],
  [
    'connection-lost',
    'pgcat',
    /error receiving data from server/i,
    'error receiving data from server: SocketError("EOF")',
  ],
  [
    'connection-lost',
    'Supavisor',
    /connection to database closed\. Check logs|DbHandler exited/i,
    'connection to database closed. Check logs for more information',
  ],
];

export const managedPoolers: readonly Signature[] = [
  ...[...waits, ...downs].map(([family, by, pattern, example]): Signature => ({
    family,
    by,
    pattern,
    example,
    outcome: 'not-executed',
  })),
  ...maybeRan.map(([family, by, pattern, example]): Signature => ({
    family,
    by,
    pattern,
    example,
    outcome: 'unknown',
  })),
  {
    family: 'pool-mode',
    by: 'Supavisor',
    pattern: /max prepared statements (memory )?limit reached/i,
    example: 'max prepared statements limit reached. Limit: 100 per connection',
  },
];
