#!/usr/bin/env bash
# Runs a command with the project's tools on PATH: with-tools.sh COMMAND [ARG]...
source "$(dirname "$0")/lib.sh"
exec "$@"
