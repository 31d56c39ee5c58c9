#!/bin/sh
# Users, rights and policies of one installation, on the RabbitMQ of this machine. May be run again.
#
#   setup.sh VHOST PREFIX USER PASSWORD_FILE [PARTY PASSWORD_FILE]...
#
# USER is happyflow's own. Every PARTY is a gemeentecode or AGB-code: it may put messages in and read its own
# queue, nothing else. Who delivers for others (a hub) is a user named under [broker] trusted_hubs; give it
# as a PARTY as well.
set -eu

[ $# -ge 4 ] || { echo "usage: $0 VHOST PREFIX USER PASSWORD_FILE [PARTY PASSWORD_FILE]..." >&2; exit 2; }
vhost=$1 prefix=$2
shift 2

user() { # name, password file
    if rabbitmqctl -q list_users | cut -f1 | grep -Fxq "$1"; then
        rabbitmqctl -q change_password "$1" <"$2" >/dev/null
    else
        rabbitmqctl -q add_user "$1" <"$2" >/dev/null
    fi
}

rabbitmqctl -q list_vhosts | grep -Fxq "$vhost" || rabbitmqctl -q add_vhost "$vhost"

user "$1" "$2"
rabbitmqctl -q set_permissions -p "$vhost" "$1" "^$prefix\\..*" "^$prefix\\..*" "^$prefix\\..*"
shift 2

while [ $# -ge 2 ]; do
    user "$1" "$2"
    # Configure nothing; write to the one exchange; read the one queue.
    rabbitmqctl -q set_permissions -p "$vhost" "$1" '^$' "^$prefix\\.in\$" "^$prefix\\.out\\.$1\\.1\$"
    shift 2
done

# A queue that nobody reads must not fill the disk of the broker unseen: from here on happyflow keeps the
# messages in its outbox and says so (happyflow_outbox_stuck_receivers).
rabbitmqctl -q set_policy -p "$vhost" happyflow-out "^$prefix\\.out\\." \
    '{"max-length-bytes":10737418240,"overflow":"reject-publish"}' --apply-to queues --priority 10

# The user of the package has a known password and may do everything.
if rabbitmqctl -q list_users | cut -f1 | grep -Fxq guest; then
    echo "LET OP: gebruiker guest bestaat nog; verwijder die met: rabbitmqctl delete_user guest" >&2
fi
