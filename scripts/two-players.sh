#!/usr/bin/env bash
# Opens two logged-in players side by side, on a game that has just begun:
#   two-players.sh [--data-dir DIRECTORY] [--headless]
# Without a directory, the database is a temporary one. --headless: only takes a picture of both.
source "$(dirname "$0")/lib.sh"
case " $* " in
    *" --headless "*) ;;
    *)
        if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
            die "there is no display here to open windows on; take a picture of both players instead: make two-players ARGS=--headless"
        fi
        ;;
esac
scripts/setup.sh node chromium
scripts/build.sh
CHROMIUM=$(find_chromium)
export CHROMIUM
exec node scripts/two-players.mjs "$@"
