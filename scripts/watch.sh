#!/usr/bin/env bash
# Serves a development build, and builds it anew and reloads the browser whenever a file changes.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build
say "Building for development, then watching"
exec cargo leptos watch "$@"
