#!/usr/bin/env bash
# Formats Rust, the `view!` macros, TypeScript and JavaScript.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh rust leptosfmt node
leptosfmt --quiet app/src server/src
# Last, because the two disagree on code around a macro, and rustfmt decides.
cargo fmt --all
biome check --write
