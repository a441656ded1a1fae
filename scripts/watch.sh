#!/usr/bin/env bash
# Serves a development build, and rebuilds it and reloads the browser after each change: watch.sh [ARG OF `cargo leptos watch`]...
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build
say "Building for development, then watching for changes"
# A site directory of its own: a release server beside this one keeps serving target/site. The lists of hashes are
# separate anyway, beside each executable.
LEPTOS_SITE_ROOT=target/watch-site exec cargo leptos watch "$@"
