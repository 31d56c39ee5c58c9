#!/bin/sh
# A throw-away machine on which the operations manual is followed as it stands: this machine's programs and
# the working tree, with a network, processes and files of its own. What is written there lies in memory and is gone
# when SCRIPT ends; nothing of this machine changes. Needs root.
#
# usage: machine.sh PROGRAM SCRIPT     PROGRAM is the happyflow to install
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)

if [ "${1:-}" != inside ]; then
    [ "$(id -u)" = 0 ] || { echo "the manual is followed as root: run this test as root" >&2; exit 1; }
    command -v pg_createcluster >/dev/null || {
        echo "no PostgreSQL found: install postgresql" >&2
        exit 1
    }
    sh "$here/../services/rabbitmq.sh" install
    sh "$here/../services/sshd.sh" install
    exec unshare --mount --net --pid --uts --fork --kill-child --propagation private -- sh "$0" inside "$1" "$2"
fi

program=$2 script=$3
room=$(mktemp -d)
trap 'rmdir "$room" 2>/dev/null || true' EXIT
# More room than the broker wants to see free; only what is written is taken.
mount -t tmpfs -o size=16g happyflow-manual "$room"
trap 'umount -l "$room"; rmdir "$room"' EXIT
mkdir "$room/root" "$room/up" "$room/work" "$room/up-tree" "$room/work-tree"
mount -t overlay -o "lowerdir=/,upperdir=$room/up,workdir=$room/work" overlay "$room/root"
mount -t proc proc "$room/root/proc"
mount --rbind /dev "$room/root/dev"
mount -t tmpfs tmpfs "$room/root/tmp"
mount -t tmpfs tmpfs "$room/root/run"
# The working tree may lie in /tmp or on another disk.
mkdir -p "$room/root$repository"
mount -t overlay -o "lowerdir=$repository,upperdir=$room/up-tree,workdir=$room/work-tree" overlay "$room/root$repository"
# Programs that a machine with an init and a compiler has; here they do the same with what is built.
for name in apt-get cargo systemctl; do install -m 0755 "$here/$name.sh" "$room/root/usr/local/sbin/$name"; done
cp --reflink=auto "$program" "$room/root/tmp/happyflow"
cp "$script" "$room/root/tmp/script"
hostname happyflow
printf '127.0.0.1 localhost happyflow\n' >"$room/root/etc/hosts"
ip link set lo up
cd "$room/root"
status=0
env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    chroot "$room/root" sh -c "cd '$repository' && exec sh -eu /tmp/script" </dev/null || status=$?
cd /
exit "$status"
