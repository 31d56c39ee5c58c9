#!/bin/sh
# Makes target/venv with lxml: libxml2 is the second opinion on level 1 (tests/it/differential.rs); and with
# oidc-provider-mock, the second opinion on logging in at the console (tests/it/console/served.rs).
set -e
venv="${CARGO_TARGET_DIR:-target}/venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import lxml' 2>/dev/null || "$venv/bin/python" -m pip install --quiet 'lxml>=6,<7'
"$venv/bin/python" -c 'import oidc_provider_mock' 2>/dev/null || "$venv/bin/python" -m pip install --quiet 'oidc-provider-mock==0.3.4' 'authlib<2'
