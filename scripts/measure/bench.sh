#!/usr/bin/env bash
# Runs the measurements in server/benches, then builds the server and measures the delay between a move and its
# arrival at the opponent: bench.sh [ARG OF `cargo bench`]...
source "$(dirname "$0")/../lib.sh"
scripts/setup.sh rust java
cargo bench "${SERVER_CRATES[@]}" --bench '*' "$@"
scripts/build.sh
exec node scripts/measure/live.mjs
