#!/bin/sh
# All figures of docs/performance.md in one run, on a machine that does nothing else.
#
# usage: IJWPEERS=FOLDER IJWBENCH=FOLDER benches/run.sh BEFORE [ROUNDS] [PART...]
#
# BEFORE is the program of an earlier version, built as it is shipped; ours is built first when it is not there. ROUNDS is
# 5 unless said otherwise. Parts: parse store growth replay people postgres workers broker loss; all of them unless some are named.
# Raw output goes to docs/performance/PART.txt. IJWPEERS has the sources of the peers, IJWBENCH what was built of them;
# traffic that is made once stays there, so a second run takes less time.
set -eu
before=$(realpath "$1")
rounds=${2:-5}
shift; [ $# -eq 0 ] || shift
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
: "${IJWPEERS:?the folder with the sources of the peers}" "${IJWBENCH:?the folder in which the peers are built}"
[ $# -gt 0 ] || set -- parse store growth replay people postgres workers broker loss

cargo build --release --locked --bin happyflow --bench judge --bench engine
ours=$target/release/happyflow
port=${PGPORT:-54329}

part() {
  case $1 in
    parse | store | growth | replay | people) python3 benches/goals/run.py "$1" "$rounds" ;;
    postgres | workers | broker) python3 benches/engine/run.py "$1" "$rounds" ;;
    loss)
      bash "$IJWPEERS/pg_up.sh" "$IJWBENCH/pg" "$port" >/dev/null
      trap 'bash "$IJWPEERS/pg_up.sh" "$IJWBENCH/pg" "$port" stop >/dev/null' EXIT
      HAPPYFLOW_TEST_PG="postgres://postgres@127.0.0.1:$port/postgres" python3 benches/loss.py "$before" "$ours" 11
      ;;
    *) echo "no part of the figures: $1" >&2; exit 2 ;;
  esac
}

mkdir -p docs/performance
for name in "$@"; do
  begun=$(date +%s)
  # What failed leaves the figures of before as they were.
  if (part "$name") >"docs/performance/$name.new" 2>&1; then
    mv "docs/performance/$name.new" "docs/performance/$name.txt"
    echo "$name: $(($(date +%s) - begun)) s"
    grep -v '^{"measure"' "docs/performance/$name.txt" || true
  else
    tail -5 "docs/performance/$name.new" >&2
    echo "$name: failed, see docs/performance/$name.new" >&2
  fi
done
