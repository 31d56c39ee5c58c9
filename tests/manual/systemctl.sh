#!/bin/sh
# The part of systemd that the manual uses: starts the ExecStart of a unit as its User, with the folders of the
# machine read-only where the unit says so, and stops it with the signal and patience of the unit.
set -eu

state=/run/units
mkdir -p "$state"

postgres_version() { ls /etc/postgresql; }

# The last value of a key in a unit and what was dropped in beside it.
value() { # unit, key
    cat "/etc/systemd/system/$1" "/etc/systemd/system/$1.d/"*.conf 2>/dev/null | sed -n "s/^$2=//p" | tail -1
}

values() { # unit, key
    cat "/etc/systemd/system/$1" "/etc/systemd/system/$1.d/"*.conf 2>/dev/null | sed -n "s/^$2=//p"
}

# Runs ExecStart in a mount namespace of its own. The shell becomes the program, so its process is that of the unit.
run() { # unit
    user=$(value "$1" User)
    writable=$(values "$1" ReadWritePaths)
    folder=$(value "$1" StateDirectory)
    if [ -n "$folder" ]; then
        install -d -o "$user" -g "$user" -m "$(value "$1" StateDirectoryMode)" "/var/lib/$folder"
        writable="$writable /var/lib/$folder"
    fi
    exec unshare --mount --propagation private -- sh -eu -c '
        for path in $1; do mount --bind "$path" "$path"; done
        [ "$2" != strict ] || mount -o remount,bind,ro /
        [ "$3" != yes ] || mount -t tmpfs -o mode=1777 tmpfs /tmp
        umask "$4"
        user=$5
        shift 5
        exec setpriv --reuid="$user" --regid="$user" --init-groups --no-new-privs --bounding-set=-all \
            env -i PATH="$PATH" LANG=C.UTF-8 HOME="/var/lib/$user" "$@"
    ' sh "$writable" "$(value "$1" ProtectSystem)" "$(value "$1" PrivateTmp)" "$(value "$1" UMask)" "$user" \
        $(value "$1" ExecStart)
}

start() { # unit
    case $1 in
    postgresql.service) pg_ctlcluster --skip-systemctl-redirect "$(postgres_version)" main start ;;
    rabbitmq-server.service)
        rm -f /var/log/rabbitmq/*.log
        rabbitmq-server -detached >/dev/null 2>&1
        until grep -qs "startup complete" /var/log/rabbitmq/*.log; do sleep 0.1; done
        ;;
    ssh.service)
        install -d -m 0755 /run/sshd
        /usr/sbin/sshd
        # It goes into the background before it listens, and writes its number when it does.
        until [ -s /run/sshd.pid ]; do sleep 0.1; done
        ;;
    *.timer) [ -f "/etc/systemd/system/${1%.timer}.service" ] ;;
    *)
        if [ "$(value "$1" Type)" = oneshot ]; then
            (run "$1")
        else
            (run "$1") </dev/null >"/var/log/$1.log" 2>&1 &
            echo $! >"$state/$1"
        fi
        ;;
    esac
}

stop() { # unit
    case $1 in
    postgresql.service) pg_ctlcluster --skip-systemctl-redirect "$(postgres_version)" main stop ;;
    rabbitmq-server.service) rabbitmqctl -q shutdown ;;
    ssh.service)
        # Its address is free only when it is gone.
        [ ! -f /run/sshd.pid ] || {
            pid=$(cat /run/sshd.pid)
            kill "$pid"
            while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
            rm -f /run/sshd.pid
        }
        ;;
    *)
        pid=$(cat "$state/$1")
        signal=$(value "$1" KillSignal)
        kill -s "${signal#SIG}" "$pid"
        left=$(($(value "$1" TimeoutStopSec) * 10))
        while kill -0 "$pid" 2>/dev/null; do
            left=$((left - 1))
            [ "$left" -gt 0 ] || { echo "$1 does not stop" >&2; exit 1; }
            sleep 0.1
        done
        rm "$state/$1"
        ;;
    esac
}

action=$1
shift
now=no
for unit in "$@"; do
    case $unit in
    --now) now=yes && continue ;;
    *.service | *.timer) ;;
    *) unit=$unit.service ;;
    esac
    case $action in
    enable)
        grep -q '^WantedBy=' "/etc/systemd/system/$unit"
        [ "$now" = no ] || start "$unit"
        ;;
    start) start "$unit" ;;
    stop) stop "$unit" ;;
    restart) stop "$unit" && start "$unit" ;;
    *) echo "systemctl $action: not known here" >&2 && exit 1 ;;
    esac
done
