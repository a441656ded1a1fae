#!/usr/bin/env bash
# Opens two logged-in players side by side, on a game that has just begun:
#   two-players.sh [--data-dir DIRECTORY] [--headless]
# Without --data-dir, the database is temporary. --headless takes one screenshot of both players instead.
source "$(dirname "$0")/lib.sh"
case " $* " in
    *" --headless "*) ;;
    *)
        if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
            die "this machine has no display to open windows on; to take a screenshot of both players instead: make two-players ARGS=--headless"
        fi
        ;;
esac
scripts/setup.sh node chromium
scripts/build.sh
CHROMIUM=$(find_chromium)
export CHROMIUM
exec node scripts/two-players.mjs "$@"
