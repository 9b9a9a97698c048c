import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Roles in the cluster, by the name that the harness calls them. */
export const roleNames = {
  owner: 'pgsurge',
  app: 'app',
  listen: 'app_listen',
  batch: 'app_batch',
  probe: 'probe',
} as const;
export type RoleName = keyof typeof roleNames;
export const databaseName = 'app';

export const newPassword = (): string => randomBytes(18).toString('base64url');

/** One for each role, for one stack. */
export const newPasswords = (): Record<RoleName, string> => ({
  owner: newPassword(),
  app: newPassword(),
  listen: newPassword(),
  batch: newPassword(),
  probe: newPassword(),
});

/**
 * What Postgres stores instead of a SCRAM-SHA-256 password (RFC 5803; 4096 rounds as its own default). Sent in place
 * of the password, so that no statement text (log, pg_stat_statements) ever holds one.
 */
export const scramVerifier = (password: string): string => {
  const salt = randomBytes(16);
  const rounds = 4096;
  const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${storedKey}:${key('Server Key').toString('base64')}`;
};

/** Run once, when the template is made; without passwords but the owner's, so nobody else can log in to it. */
export const templateStatements = [
  'CREATE ROLE app LOGIN',
  // Listeners read and mark what the service wrote, on connections that the service's role limit does not count.
  'CREATE ROLE app_listen LOGIN IN ROLE app',
  // Of queue workers, where they have a pool of their own.
  'CREATE ROLE app_batch LOGIN IN ROLE app',
  'CREATE ROLE probe LOGIN NOSUPERUSER IN ROLE pg_monitor, pg_read_all_data',
  'ALTER ROLE probe SET default_transaction_read_only = on',
  // initdb's third database becomes ours: a fourth would be a third more files to copy on each start.
  'ALTER DATABASE postgres RENAME TO app',
  'ALTER DATABASE app OWNER TO app',
];

/** CONNECTION LIMIT of the roles by which the service logs in; null: none. */
export interface RoleLimits {
  app: { connectionLimit: number };
  listen: { connectionLimit: number | null };
}

/** Postgres' own word for no limit. */
export const unlimited = -1;

/** Run on each start, in one message. */
export const startStatements = (passwords: Record<RoleName, string>, { app, listen }: RoleLimits): string =>
  [
    ...Object.entries(roleNames).map(
      ([name, role]) => `ALTER ROLE ${role} PASSWORD '${scramVerifier(passwords[name as RoleName])}'`,
    ),
    `ALTER ROLE app CONNECTION LIMIT ${app.connectionLimit}`,
    `ALTER ROLE app_listen CONNECTION LIMIT ${listen.connectionLimit ?? unlimited}`,
  ].join('; ');
