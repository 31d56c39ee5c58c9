#!/bin/sh
# `apt-get install`: the packages are on the machine; their data and settings are made as the packages make them.
set -eu
case "$*" in *postgresql*) ;; *) exit 0 ;; esac
version=$(ls /usr/lib/postgresql | sort -V | tail -1)
rm -rf /etc/postgresql /var/lib/postgresql /var/log/postgresql /var/lib/rabbitmq /etc/rabbitmq /var/log/rabbitmq
install -d -o postgres -g postgres /etc/postgresql /var/lib/postgresql
install -d -m 1775 -g postgres /var/log/postgresql
install -d -o rabbitmq -g rabbitmq /var/lib/rabbitmq /etc/rabbitmq /var/log/rabbitmq
printf 'NODENAME=rabbit@localhost\n' >/etc/rabbitmq/rabbitmq-env.conf
install -d -m 2775 -o postgres -g postgres /run/postgresql
pg_createcluster "$version" main --port 5432 -- --no-sync >/dev/null
systemctl start postgresql rabbitmq-server
