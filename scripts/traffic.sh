#!/usr/bin/env bash
# Builds, then measures what a game asks of a server: bytes, requests, log lines, processor time.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh node chromium
scripts/build.sh
CHROMIUM=$(find_chromium)
export CHROMIUM
exec node scripts/traffic.mjs
