#!/bin/sh
# `cargo build --release`: the program under test is what was built.
set -eu
mkdir -p target/release
mv /tmp/happyflow target/release/happyflow
