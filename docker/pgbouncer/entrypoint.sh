#!/usr/bin/env bash
# Writes PgBouncer's configuration from the environment, as harness/servers/pgbouncer/settings.ts does, and becomes PgBouncer.
set -euo pipefail
umask 077
folder=/run/pgbouncer

cat >"$folder/users" <<USERS
"pgsurge" "$OWNER_PASSWORD"
"app" "$APP_PASSWORD"
"app_listen" "$LISTEN_PASSWORD"
"app_batch" "$BATCH_PASSWORD"
"probe" "$PROBE_PASSWORD"
"pgbouncer_admin" "$ADMIN_PASSWORD"
USERS

cat >"$folder/pgbouncer.ini" <<SETTINGS
[databases]
app = host=$DB_HOST port=$DB_PORT dbname=app

[pgbouncer]
listen_addr = $LISTEN_ADDR
listen_port = $LISTEN_PORT
unix_socket_dir = /tmp
auth_type = scram-sha-256
auth_file = $folder/users
admin_users = pgbouncer_admin
pool_mode = transaction
default_pool_size = $POOL_SIZE
max_db_connections = $POOL_SIZE
max_client_conn = $MAX_CLIENT_CONN
query_wait_timeout = $QUERY_WAIT_TIMEOUT
server_login_retry = $SERVER_LOGIN_RETRY
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_pooler_errors = 1
; as in versions before 1.21: prepared statements are not followed
max_prepared_statements = 0
SETTINGS
# What else is set, as name=value with blanks between; PgBouncer takes the last of two lines of one name.
for setting in ${POOLER_SETTINGS:-}; do
  echo "${setting%%=*} = ${setting#*=}" >>"$folder/pgbouncer.ini"
done

exec /usr/sbin/pgbouncer "$folder/pgbouncer.ini"
