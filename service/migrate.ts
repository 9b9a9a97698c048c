/**
 * Applies migrations/*.sql in order, each once, then the variants that the settings choose
 * (migrations/variants/<setting>.<value>.sql), then grants. Run as the database's owner.
 * Environment: DATABASE_URL (owner), PGSURGE_SERVICE_SETTINGS,
 * PGSURGE_ROLES (app and listen roles) and PGSURGE_READERS, both comma-separated.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { messageOf, processLog as log } from './log.ts';
import { parseSettings, type Settings } from './settings.ts';

const folder = join(import.meta.dirname, 'migrations');

const applyOnce = async (client: pg.Client, file: string): Promise<void> => {
  const { rowCount } = await client.query('SELECT 1 FROM schema_migrations WHERE file = $1', [file]);
  if (rowCount !== 0) return;
  await client.query(await readFile(join(folder, file), 'utf8'));
  await client.query('INSERT INTO schema_migrations (file) VALUES ($1)', [file]);
};

const createTable = `
  CREATE TABLE IF NOT EXISTS schema_migrations (
    file text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`;

const applyMigrations = async (client: pg.Client): Promise<void> => {
  // Two migrations at once would apply the same file twice.
  await client.query('SELECT pg_advisory_xact_lock(7000)');
  await client.query(createTable);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  for (const file of files) await applyOnce(client, file);
};

/** Settings that a variant file exists for, in this order: a later one may replace what an earlier one made. */
const variantSettings = [
  'scheduleConstraint',
  'scheduleWithoutKey',
  'counterMode',
  'counterReadModifyWrite',
  'claimIndexes',
  'claimCheck',
  'claimPreCheck',
] as const;

const applyVariants = async (client: pg.Client, settings: Settings): Promise<void> => {
  for (const name of variantSettings)
    await client.query(await readFile(join(folder, 'variants', `${name}.${settings[name]}.sql`), 'utf8'));
};

const names = (variable: string): string[] => (process.env[variable] ?? '').split(',').filter((name) => name !== '');

const grant = async (client: pg.Client): Promise<void> => {
  for (const role of names('PGSURGE_ROLES').map((name) => client.escapeIdentifier(name))) {
    await client.query(`
      GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
  }
  for (const role of names('PGSURGE_READERS').map((name) => client.escapeIdentifier(name))) {
    await client.query(`
      GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
  }
};

const migrate = async (): Promise<void> => {
  const settings = parseSettings(process.env['PGSURGE_SERVICE_SETTINGS']);
  const client = new pg.Client({
    connectionString: process.env['DATABASE_URL'],
    application_name: 'migrate',
    connectionTimeoutMillis: 10_000,
    options: '-c synchronous_commit=on',
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    await applyMigrations(client);
    await applyVariants(client, settings);
    await grant(client);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};

migrate().catch((error: unknown) => {
  log.error(`migration failed: ${messageOf(error)}`);
  process.exit(1);
});
