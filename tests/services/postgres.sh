#!/bin/sh
# A throw-away PostgreSQL for the tests, on a free port of this machine.
#
# usage: postgres.sh PID
#
# Prints its address and leaves it running until process PID ends; then it is stopped and removed. Nothing
# in it outlives a crash: it never waits for the disk. Uses the installed packages, else installs them.
set -eu

parent=$1
binaries() { ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin 2>/dev/null | sort -V | tail -1; }

bin=$(binaries)
if [ -z "$bin" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing postgresql for the tests" >&2
    apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -q -y postgresql >&2
    bin=$(binaries)
  fi
  if [ -z "$bin" ]; then
    echo "no PostgreSQL found: install it, or set HAPPYFLOW_TEST_PG to postgres://user@host:port/postgres" >&2
    exit 1
  fi
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/happyflow-pg.XXXXXX")
# PostgreSQL refuses to run as root.
as=""
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  chown "$user" "$folder"
  as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
fi
export LC_ALL=C.UTF-8
cd "$folder"
if ! $as "$bin/initdb" --no-sync -A trust -U test -E UTF8 -D "$folder/data" >"$folder/initdb.log" 2>&1; then
  cat "$folder/initdb.log" >&2
  exit 1
fi

attempt=0
while :; do
  attempt=$((attempt + 1))
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
  $as "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 \
    -c max_locks_per_transaction=256 -c shared_buffers=64MB -c autovacuum_naptime=10s \
    </dev/null >"$folder/log" 2>&1 &
  server=$!
  waited=0
  until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -U test; do
    kill -0 "$server" 2>/dev/null || break
    waited=$((waited + 1))
    [ "$waited" -le 300 ] || break
    sleep 0.1
  done
  # Another server may have the port: ours must be the one that lives.
  if kill -0 "$server" 2>/dev/null && [ "$waited" -le 300 ]; then break; fi
  kill "$server" 2>/dev/null || true
  if [ "$attempt" -ge 10 ]; then
    cat "$folder/log" >&2
    rm -rf "$folder"
    exit 1
  fi
done

# Whoever started us may die in any way.
(
  while kill -0 "$parent" 2>/dev/null; do sleep 0.5; done
  kill -QUIT "$server" 2>/dev/null || true
  while kill -0 "$server" 2>/dev/null; do sleep 0.1; done
  rm -rf "$folder"
) </dev/null >/dev/null 2>&1 &

echo "postgres://test@127.0.0.1:$port/postgres"
