#!/bin/sh
# Makes target/venv with lxml: libxml2 is the second opinion on level 1 (tests/it/differential.rs).
set -e
venv="${CARGO_TARGET_DIR:-target}/venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import lxml' 2>/dev/null || "$venv/bin/pip" install --quiet 'lxml>=6,<7'
