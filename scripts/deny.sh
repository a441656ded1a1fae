#!/usr/bin/env bash
# Checks all dependencies with cargo-deny: deny.sh [CHECK]...
# The default checks are bans, licenses and sources. The fourth, advisories, downloads a database.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh deny
[ $# != 0 ] || set -- bans licenses sources
cargo deny ${CI:+--locked} check "$@"
# A run checks one dependency graph. The graph of the WebAssembly has bans of its own.
cargo deny ${CI:+--locked} --manifest-path frontend/Cargo.toml --config deny-browser.toml check bans
