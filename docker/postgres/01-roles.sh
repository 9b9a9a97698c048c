#!/usr/bin/env bash
# Roles, their passwords and limits, as harness/stack/roles.ts makes them. Runs once, on the first start.
# Neither the log nor pg_stat_statements may hold a password.
set -euo pipefail
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track = 'none';
\getenv app_password APP_PASSWORD
\getenv listen_password LISTEN_PASSWORD
\getenv batch_password BATCH_PASSWORD
\getenv probe_password PROBE_PASSWORD
\getenv limit ROLE_CONNECTION_LIMIT
\getenv listen_limit LISTEN_ROLE_CONNECTION_LIMIT
CREATE ROLE app LOGIN CONNECTION LIMIT :limit PASSWORD :'app_password';
-- Listeners read and mark what the service wrote, on connections that the service's role limit does not count.
CREATE ROLE app_listen LOGIN CONNECTION LIMIT :listen_limit IN ROLE app PASSWORD :'listen_password';
-- Of queue workers, where they have a pool of their own.
CREATE ROLE app_batch LOGIN IN ROLE app PASSWORD :'batch_password';
CREATE ROLE probe LOGIN NOSUPERUSER IN ROLE pg_monitor, pg_read_all_data PASSWORD :'probe_password';
ALTER ROLE probe SET default_transaction_read_only = on;
ALTER DATABASE app OWNER TO app;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
SQL
