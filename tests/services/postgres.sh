#!/bin/sh
# A throw-away PostgreSQL for the tests. Nothing of it stays. Uses the installed packages, else installs them.
#
#   postgres.sh PID                  on a free port; prints its address and leaves it running until process PID
#                                    ends; it never waits for the disk
#   postgres.sh run DIR PORT WATCH   runs until process WATCH is gone or DIR/stop appears, and is then ended
#                                    at once, as a power cut would; what was committed in DIR is there next time
set -eu

binaries() { ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin 2>/dev/null | sort -V | tail -1; }

bin=$(binaries)
if [ -z "$bin" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing postgresql for the tests" >&2
    apt-get -o DPkg::Lock::Timeout=300 update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -q -y postgresql >&2
    bin=$(binaries)
  fi
  if [ -z "$bin" ]; then
    echo "no PostgreSQL found: install it, or set HAPPYFLOW_TEST_PG to postgres://user@host:port/postgres" >&2
    exit 1
  fi
fi
export LC_ALL=C.UTF-8

# PostgreSQL refuses to run as root.
as=""
give() {
  [ "$(id -u)" = 0 ] || return 0
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  chown "$user" "$1"
  as="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
}

initialise() {
  cd "$1"
  if ! $as "$bin/initdb" --no-sync -A trust -U test -E UTF8 -D "$1/data" >"$1/initdb.log" 2>&1; then
    cat "$1/initdb.log" >&2
    exit 1
  fi
}

# DIR PORT SYNCHRONOUS
server() {
  $as "$bin/postgres" -D "$1/data" -p "$2" -k "$1" -c listen_addresses=127.0.0.1 \
    -c fsync=off -c synchronous_commit="$3" -c full_page_writes=off -c max_connections=200 \
    -c max_locks_per_transaction=256 -c shared_buffers=64MB -c autovacuum_naptime=10s \
    </dev/null >>"$1/log" 2>&1 &
  server=$!
}

run() {
  dir=$1 port=$2 watch=$3
  # Who interrupts the tests interrupts this too, and the server must still be ended.
  trap '' HUP INT TERM
  give "$dir"
  [ -d "$dir/data" ] || initialise "$dir"
  cd "$dir"
  # Ended at once it must still have what it said was committed.
  server "$dir" "$port" on
  while kill -0 "$watch" 2>/dev/null && kill -0 "$server" 2>/dev/null && [ ! -e "$dir/stop" ]; do
    sleep 0.1
  done
  kill -QUIT "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  rm -f "$dir/stop"
  touch "$dir/stopped"
}

if [ "$1" = run ]; then
  shift
  run "$@"
  exit 0
fi

parent=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/happyflow-pg.XXXXXX")
give "$folder"
initialise "$folder"
attempt=0
while :; do
  attempt=$((attempt + 1))
  port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
  server "$folder" "$port" off
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
