#!/usr/bin/env bash
# Builds, then measures the load that a game puts on a server: bytes, requests, log lines, processor time.
source "$(dirname "$0")/../lib.sh"
scripts/setup.sh node chromium
scripts/build.sh
CHROMIUM=$(find_chromium)
export CHROMIUM
exec node scripts/measure/traffic.mjs
