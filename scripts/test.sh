#!/usr/bin/env bash
# Runs all checks or some of them: test.sh [format|clippy|types|documents|dependencies|rust|build|wasm|api|e2e|size]...
# It continues after a failure, lists the failed checks at the end, and then exits with status 1.
source "$(dirname "$0")/lib.sh"

parts=${*:-format clippy types documents dependencies rust build wasm api e2e size}
logs=target/test-logs
source "$(dirname "$0")/steps.sh"

# Everything is compiled with the release profile. The tests, the lints' build scripts and `make run` then share one
# compilation of the dependencies, and the tests run what is served.

playwright_test() {
    # ARGS, such as "-g draw" or "--headed", may contain several arguments.
    # shellcheck disable=SC2086
    (cd end2end && SERVER_BIN=target/release/server playwright test ${ARGS:-})
}

for part in $parts; do
    case $part in
        format)
            scripts/setup.sh rust leptosfmt node
            step "Format of Rust" cargo fmt --all --check
            step "Format of the views" leptosfmt --quiet --check app/src server/src
            step "Format and lints of TypeScript and JavaScript" biome check --error-on-warnings
            ;;
        clippy)
            scripts/setup.sh rust
            step "Lints of the server" cargo clippy --release "${SERVER_CRATES[@]}" --all-targets -- -D warnings
            step "Lints of the browser's part" cargo clippy --release "${BROWSER_CRATES[@]}" -- -D warnings
            ;;
        types)
            scripts/setup.sh node
            step "Types of the end-to-end tests" tsc --project end2end
            step "Types of public/*.js" tsc --project end2end/tsconfig.public.json
            ;;
        documents)
            scripts/setup.sh node
            step "Documents" node --test --test-reporter=tap scripts/documents.test.mjs
            ;;
        dependencies)
            scripts/setup.sh deny
            step "Dependencies" scripts/deny.sh
            ;;
        rust)
            scripts/setup.sh rust java
            # ARGS, such as "--test integration store::", may contain several arguments.
            # shellcheck disable=SC2086
            step "Rust tests" cargo test --release "${SERVER_CRATES[@]}" --no-fail-fast ${ARGS:-}
            ;;
        build)
            step "Build" scripts/build.sh
            ;;
        wasm)
            scripts/setup.sh build
            # With the profile and the directory of cargo-leptos, which has compiled the dependencies.
            export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner
            step "Tests in WebAssembly" cargo test --profile wasm-release --target-dir target/front "${WASM_TEST_CRATE[@]}"
            ;;
        api)
            scripts/setup.sh api
            # ARGS, such as "-k moves", may contain several arguments.
            # shellcheck disable=SC2086
            step "Tests of the API's description" "$API_TOOLS/bin/python" -B -m pytest server/tests/api ${ARGS:-}
            ;;
        e2e)
            scripts/setup.sh node chromium
            CHROMIUM=$(find_chromium)
            export CHROMIUM
            step "End-to-end tests" playwright_test
            ;;
        size)
            step "Sizes" node scripts/measure/size.mjs
            ;;
        *) die "test.sh has no part \"$part\"; see the list at the top of scripts/test.sh." ;;
    esac
done

summary
