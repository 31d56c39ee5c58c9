#!/bin/sh
# A RabbitMQ for tests: own node name, data folder and ports; nothing of it stays.
#
#   rabbitmq.sh install                        installs the packages when they are missing, and says so
#   rabbitmq.sh run DIR PORT DIST EPMD WATCH   runs until process WATCH is gone or DIR/stop appears
#
# User guest may set any user_id (tag impersonator), so that tests can send as any party.
set -eu

server=/usr/lib/rabbitmq/bin/rabbitmq-server

install() {
    [ -x "$server" ] && return 0
    # Tests that need it begin at the same time: one installs it, the others wait.
    [ "${INSTALLING:-}" = yes ] || INSTALLING=yes exec flock /tmp/happyflow-install sh "$0" install
    command -v apt-get >/dev/null || {
        echo "RabbitMQ is not installed: install rabbitmq-server, or set HAPPYFLOW_TEST_AMQP" >&2
        exit 1
    }
    echo "RabbitMQ is missing: installing rabbitmq-server" >&2
    # The service of the package itself is not started: only throw-away instances are.
    policy=/usr/sbin/policy-rc.d
    made=no
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends rabbitmq-server >&2 || {
        apt-get -o DPkg::Lock::Timeout=300 update >&2
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends rabbitmq-server >&2
    }
    [ "$made" = no ] || rm -f "$policy"
}

run() {
    dir=$1 port=$2 dist=$3 epmd=$4 watch=$5
    # Who interrupts the tests interrupts this too, and the broker must still be ended.
    trap '' HUP INT TERM
    mkdir -p "$dir/mnesia" "$dir/log"
    printf '[].\n' >"$dir/enabled_plugins"
    printf '%s\n' 'loopback_users = none' 'default_user_tags.administrator = true' \
        'default_user_tags.impersonator = true' 'heartbeat = 10' >"$dir/rabbitmq.conf"
    export HOME="$dir" ERL_EPMD_PORT="$epmd" ERL_EPMD_ADDRESS=127.0.0.1
    export RABBITMQ_NODENAME="happyflow-$port@localhost" RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$dist"
    export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_CONFIG_FILE="$dir/rabbitmq" RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_MNESIA_BASE="$dir/mnesia" RABBITMQ_LOG_BASE="$dir/log"
    export RABBITMQ_ENABLED_PLUGINS_FILE="$dir/enabled_plugins" RABBITMQ_PID_FILE="$dir/pid"
    # Two schedulers: a test broker takes no more than its share.
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2"
    # The node would leave a port mapper behind as a daemon; this one is ours to end.
    epmd -port "$epmd" -address 127.0.0.1 >"$dir/log/epmd" 2>&1 </dev/null &
    mapper=$!
    setsid "$server" >"$dir/log/out" 2>&1 </dev/null &
    group=$!
    while kill -0 "$watch" 2>/dev/null && kill -0 "$group" 2>/dev/null && [ ! -e "$dir/stop" ]; do
        sleep 0.2
    done
    kill -9 -"$group" 2>/dev/null || true
    # It inherited that it ignores other signals.
    kill -9 "$mapper" 2>/dev/null || true
    rm -f "$dir/stop"
    touch "$dir/stopped"
}

case "${1:-}" in
install) install ;;
run) shift && run "$@" ;;
*) echo "usage: $0 install | run DIR PORT DIST EPMD WATCH" >&2; exit 2 ;;
esac
