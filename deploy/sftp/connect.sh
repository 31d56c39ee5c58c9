#!/bin/sh
# Lets a gemeente or an aanbieder deliver and fetch messages by SFTP. May be run again, for instance with another key.
#
#   connect.sh CODE KEY.pub     CODE is a gemeentecode or an AGB-code; KEY.pub is the public key of that party
#
# What a party may do is what its own account may do:
#
#   /var/lib/happyflow               for happyflow alone: nobody else comes near the database or another's folders
#     in/CODE                        of the party; group happyflow, which every file gets (setgid), takes files away
#     out/CODE                       of happyflow; group of the party, which every file gets, reads and removes them
#   /srv/happyflow/hf-CODE           of root, as sshd demands of the folder in which it locks up a party
#     in, out                        the two folders above, mounted: the party needs no way through /var/lib/happyflow
set -eu

usage() {
    sed -n '4p' "$0" >&2
    exit 2
}

[ $# = 2 ] || usage
code=$1 key=$2
case $code in
[0-9][0-9][0-9][0-9] | [0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) ;;
*) usage ;;
esac
[ -r "$key" ] || { echo "$key: cannot be read" >&2; exit 1; }

data=/var/lib/happyflow
user=hf-$code
cage=/srv/happyflow/$user

getent group happyflow-partijen >/dev/null || groupadd --system happyflow-partijen
id "$user" >/dev/null 2>&1 || useradd --system --user-group --groups happyflow-partijen --password '*' \
    --no-create-home --home-dir / --shell /usr/sbin/nologin "$user"

install -d -m 0700 -o happyflow -g happyflow "$data" "$data/in" "$data/out"
install -d -m 2770 -o "$user" -g happyflow "$data/in/$code"
install -d -m 2770 -o happyflow -g "$user" "$data/out/$code"
# What left for this party before it could fetch.
find "$data/out/$code" -type f -exec chgrp -h "$user" {} +

install -d -m 0755 -o root -g root /srv/happyflow "$cage"
for part in in out; do
    line="$data/$part/$code $cage/$part none bind,nosuid,nodev,noexec 0 0"
    grep -qxF "$line" /etc/fstab || echo "$line" >>/etc/fstab
    mountpoint -q "$cage/$part" && continue
    install -d -m 0755 -o root -g root "$cage/$part"
    mount "$cage/$part"
done

install -d -m 0755 /etc/ssh/happyflow
install -m 0644 "$key" "/etc/ssh/happyflow/$user.pub"
