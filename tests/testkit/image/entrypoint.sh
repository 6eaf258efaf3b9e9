#!/bin/bash
# What the official image's entry point does of what the finder and people's own tests use: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_HOST_AUTH_METHOD, POSTGRES_INITDB_ARGS and the scripts in /docker-entrypoint-initdb.d.
set -eo pipefail
export PATH=/usr/lib/postgresql/$PG_MAJOR/bin:$PATH PGDATA=${PGDATA:-/var/lib/postgresql/data}

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA" /run/postgresql
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "${BASH_SOURCE[0]}" "$@"
fi

[ "${1:0:1}" = - ] && set -- postgres "$@"

if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    echo >&2 'error: set POSTGRES_PASSWORD to the password of the superuser'
    exit 1
  fi
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  # The arguments are a list, as for the official image.
  # shellcheck disable=SC2086
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync $POSTGRES_INITDB_ARGS >/dev/null
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  if [ "$database" != postgres ]; then
    printf 'create database "%s";\n' "${database//\"/\"\"}" | postgres --single -D "$PGDATA" -c log_min_messages=fatal postgres >/dev/null
  fi
  if compgen -G '/docker-entrypoint-initdb.d/*' >/dev/null; then
    pg_ctl -s -w -D "$PGDATA" -o "-c listen_addresses=''" start
    for file in /docker-entrypoint-initdb.d/*; do
      case $file in
        *.sh) . "$file" ;;
        *.sql) psql -v ON_ERROR_STOP=1 -X -U "$user" -d "$database" -f "$file" ;;
      esac
    done
    pg_ctl -s -m fast -w -D "$PGDATA" stop
  fi
  echo 'PostgreSQL init process complete; ready for start up.'
  # Who waits for an official image waits for this line twice: once on standard output, and once on standard error, where the server writes.
  echo 'database system is ready to accept connections'
fi
exec "$@"
