#!/bin/sh
# A copy of the database in a folder, checked, with the last 14 kept.
#
#   backup.sh FOLDER            PostgreSQL as libpq finds it: PGHOST, PGUSER, PGDATABASE, ~/.pgpass
#   backup.sh FOLDER DATA       SQLite in data folder DATA
#
# Put back: docs/operations.md, "Terugzetten".
set -eu
umask 077

folder=${1:?"usage: backup.sh FOLDER [DATA]"}
data=${2:-}
mkdir -p "$folder"
stamp=$(date +%Y%m%dT%H%M%S)

if [ -n "$data" ]; then
    target="$folder/happyflow-$stamp.db"
    happyflow backup --data "$data" "$target"
else
    target="$folder/happyflow-$stamp.dump"
    pg_dump --format=custom --file="$target.half" "${PGDATABASE:-happyflow}"
    pg_restore --list "$target.half" >/dev/null
    mv "$target.half" "$target"
    echo "$target"
fi

# The newest 14 stay.
ls -1t "$folder" | grep '^happyflow-' | tail -n +15 | while read -r old; do
    rm -f -- "$folder/$old"
done
