#!/usr/bin/env bash
# Builds what has changed and serves it: run.sh [ARG OF `server serve`]...
source "$(dirname "$0")/lib.sh"
scripts/build.sh
say "Starting the server: open http://127.0.0.1:3000 in two browsers, press Ctrl+C to stop it"
exec target/release/server serve "$@"
