#!/usr/bin/env bash
# Every check, or only some: test.sh [fmt|clippy|types|dependencies|rust|build|e2e|size]...
# Goes on after a failure, names all that failed at the end, and exits 1 then.
source "$(dirname "$0")/lib.sh"

parts=${*:-fmt clippy types dependencies rust build e2e size}
logs=target/test-logs
source "$(dirname "$0")/steps.sh"

# Everything is compiled with the release profile: what the tests, the lints' build scripts and
# `make run` share is then compiled once, and what is tested is what is served. In CI the lock file is
# taken as it is.
as_locked=${CI:+--locked}
server_packages="--release $as_locked -p app -p server --features app/ssr"
browser_packages="--release $as_locked -p app -p frontend --features app/hydrate --target wasm32-unknown-unknown"

playwright_test() {
    # ARGS: such as "-g draw" or "--headed".
    # shellcheck disable=SC2086
    (cd end2end && SERVER_BIN=target/release/server playwright test ${ARGS:-})
}

for part in $parts; do
    case $part in
        fmt)
            scripts/setup.sh rust
            step "Formatting" cargo fmt --all --check
            ;;
        clippy)
            scripts/setup.sh rust
            # shellcheck disable=SC2086
            step "Lints of the server" cargo clippy $server_packages --all-targets -- -D warnings
            # shellcheck disable=SC2086
            step "Lints of the browser's part" cargo clippy $browser_packages -- -D warnings
            ;;
        types)
            scripts/setup.sh node
            step "Types of the end-to-end tests" tsc --project end2end
            step "Excerpts of the source in the documents" node scripts/excerpts.mjs --check
            step "What the guide takes away" scripts/without.sh check
            ;;
        dependencies)
            scripts/setup.sh rust
            step "Dependencies" scripts/check-dependencies.sh
            ;;
        rust)
            scripts/setup.sh rust java
            # shellcheck disable=SC2086
            step "Tests of rules, store and HTTP" cargo test $server_packages --no-fail-fast ${ARGS:-}
            ;;
        build)
            step "Build" scripts/build.sh
            ;;
        e2e)
            scripts/setup.sh node chromium
            CHROMIUM=$(find_chromium)
            export CHROMIUM
            step "End-to-end tests" playwright_test
            ;;
        size)
            step "Sizes" node scripts/size.mjs
            ;;
        *) die "test.sh knows no part \"$part\"." ;;
    esac
done

summary
