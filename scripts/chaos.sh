#!/usr/bin/env bash
# The long form of the history checker (server/tests/chaos). CHAOS_SECONDS: how long people play;
# CHAOS_SEED: what they and the faults do, to repeat a run as far as threads allow.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh rust java
export CHAOS_SECONDS=${CHAOS_SECONDS:-600}
say "Playing for $CHAOS_SECONDS seconds"
# The same packages and features as `make test`, so that nothing is compiled twice.
# shellcheck disable=SC2086
exec cargo test --release ${CI:+--locked} -p app -p server --features app/ssr --test chaos -- --nocapture every_acknowledged
