#!/usr/bin/env bash
# Takes a screenshot of every page, for people to look at: screens.sh [DIRECTORY]
source "$(dirname "$0")/lib.sh"
scripts/setup.sh node chromium
scripts/build.sh
SCREENS_DIR=${1:-target/screens}
mkdir -p "$SCREENS_DIR"
SCREENS_DIR=$(cd "$SCREENS_DIR" && pwd)
CHROMIUM=$(find_chromium)
export SCREENS_DIR CHROMIUM
say "Taking screenshots of every page into $SCREENS_DIR"
cd end2end && SERVER_BIN=target/release/server exec playwright test --project screens
