#!/usr/bin/env bash
# Runs the history checker (server/tests/chaos) for longer than `make test` does.
#   CHAOS_SECONDS  the duration (600)
#   CHAOS_SEED     the seed of the random choices, to repeat a run as far as thread scheduling allows
source "$(dirname "$0")/lib.sh"
scripts/setup.sh rust java
export CHAOS_SECONDS=${CHAOS_SECONDS:-600}
say "Playing for $CHAOS_SECONDS seconds"
exec cargo test --release "${SERVER_CRATES[@]}" --test chaos -- --nocapture every_acknowledged
