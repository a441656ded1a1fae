#!/usr/bin/env bash
# Runs the history checker (server/tests/chaos) for longer than `make test` does, with one engine after the other, and
# prints the tables of docs/benchmarks.md.
#   CHAOS_SECONDS  the duration with each engine (900)
#   CHAOS_GAMES    the number of games that are played at the same time
#   CHAOS_SEED     the seed of the random choices, to repeat a run as far as thread scheduling allows
source "$(dirname "$0")/lib.sh"
scripts/setup.sh rust java
export CHAOS_SECONDS=${CHAOS_SECONDS:-900}
say "Playing for $CHAOS_SECONDS seconds with each engine" >&2
exec cargo test --quiet --release "${SERVER_CRATES[@]}" --test chaos -- \
    --nocapture --test-threads 1 every_change
