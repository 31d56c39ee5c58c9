#!/bin/sh
# Users, rights and policies of one installation, on the RabbitMQ of this machine. May be run again; users, rights
# and virtual hosts of others stay as they are.
#
#   setup.sh VHOST PREFIX USER PASSWORD_FILE [PARTY PASSWORD_FILE]...
#
# USER is happyflow's own. Every PARTY is a gemeentecode or AGB-code: it may put messages in and read its own
# queue, nothing else. Who delivers for others (a hub) is a user named under [broker] trusted_hubs; give it
# as a PARTY as well.
set -eu

[ $# -ge 4 ] && [ $(($# % 2)) = 0 ] || {
    echo "usage: $0 VHOST PREFIX USER PASSWORD_FILE [PARTY PASSWORD_FILE]..." >&2
    exit 2
}
vhost=$1 prefix=$2 own=$3
shift 2

# Readable by the broker's own user alone: hashes of passwords lie in it for a moment.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
umask 077

# Salt and SHA-256 of salt and password, as the broker keeps it: no password is an argument of a program.
hash() { # file with the password on its first line
    head -n 1 "$1" | tr -d '\r\n' >"$work/password"
    [ -s "$work/password" ] || { echo "$1: no password in it" >&2; exit 2; }
    openssl rand 4 >"$work/salt"
    cat "$work/salt" "$work/password" | openssl dgst -sha256 -binary >"$work/digest"
    cat "$work/salt" "$work/digest" | base64 -w0
}

users='' permissions='' comma=''
while [ $# -ge 2 ]; do
    case $1 in *[!A-Za-z0-9-]* | '') echo "$1: not a name of a user" >&2; exit 2 ;; esac
    hashed=$(hash "$2")
    users="$users$comma
  {\"name\": \"$1\", \"tags\": \"\", \"hashing_algorithm\": \"rabbit_password_hashing_sha256\", \"password_hash\": \"$hashed\"}"
    if [ "$1" = "$own" ]; then
        configure="^$prefix\\\\..*" write="^$prefix\\\\..*" read="^$prefix\\\\..*"
    else
        # Configure nothing; write to the one exchange; read its own queues: messages, and what it is told of decisions.
        configure='^$' write="^$prefix\\\\.in\$" read="^$prefix\\\\.(out|bericht)\\\\.$1\\\\.1\$"
    fi
    permissions="$permissions$comma
  {\"user\": \"$1\", \"vhost\": \"$vhost\", \"configure\": \"$configure\", \"write\": \"$write\", \"read\": \"$read\"}"
    comma=,
    shift 2
done

# A queue that nobody reads must not fill the disk of the broker unseen: from here on happyflow keeps the
# messages in its outbox and says so (happyflow_outbox_stuck_receivers).
# From 4.0 on a broker drops what a reader gave back twenty times, when nothing else is said: nothing here may be lost
# because a receiver's program fails on it.
cat >"$work/definitions.json" <<END
{"vhosts": [{"name": "$vhost"}],
 "users": [$users],
 "permissions": [$permissions],
 "policies": [{"vhost": "$vhost", "name": "$prefix-out", "pattern": "^$prefix\\\\.(out|bericht)\\\\.", "apply-to": "queues",
   "priority": 10, "definition": {"max-length-bytes": 10737418240, "overflow": "reject-publish",
     "delivery-limit": 1000000}},
  {"vhost": "$vhost", "name": "$prefix-dead", "pattern": "^$prefix\\\\.dead\\\\.", "apply-to": "queues",
   "priority": 10, "definition": {"delivery-limit": 1000000}}]}
END
rabbitmqctl -q import_definitions <"$work/definitions.json"

# The user of the package has a known password and may do everything.
if rabbitmqctl -q list_users | cut -f1 | grep -Fxq guest; then
    echo "LET OP: gebruiker guest bestaat nog; verwijder die met: rabbitmqctl delete_user guest" >&2
fi
