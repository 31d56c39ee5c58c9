#!/bin/sh
# What the tests in a browser need: Debian's Chromium with its driver, and axe-core, which looks for what shuts people out.
# Installs what is missing; what cannot be installed here is said, and the tests say what they did not try.
set -eu
folder="${CARGO_TARGET_DIR:-target}/browser"
version=4.14.1
sum=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
mkdir -p "$folder"

# COMMAND PACKAGES
need() {
  command -v "$1" >/dev/null && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $2 for the tests" >&2
    apt-get -o DPkg::Lock::Timeout=300 update -q >&2
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends $2 >&2
  else
    echo "NOT TRIED IN A BROWSER: $2 is missing, and only root can install it" >&2
    exit 0
  fi
}

need chromedriver "chromium chromium-driver"
if [ ! -f "$folder/axe.min.js" ]; then
  need npm npm
  packed="$folder/axe-core-$version.tgz"
  npm pack --silent --pack-destination "$folder" "axe-core@$version" >/dev/null
  echo "$sum  $packed" | sha512sum --check --quiet
  tar -xzf "$packed" -C "$folder" --strip-components=1 package/axe.min.js
fi
touch "$folder/.ready"
