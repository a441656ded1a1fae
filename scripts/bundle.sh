#!/usr/bin/env bash
# Builds the bundle, target/bundle/tic-tac-toe-<version>.zip, for AWS Elastic Beanstalk or any other Linux. With
# ARCH=arm64 it builds tic-tac-toe-<version>-arm64.zip, for Graviton.
source "$(dirname "$0")/lib.sh"

target=$(bundle_target)
content=target/bundle/content
log=target/bundle/build.log
bundle=$(bundle_file)

scripts/setup.sh bundle
scripts/build.sh site

build_server() {
    # Zig is the C compiler and the linker, see docs/decisions/static-bundle.md. The output goes to
    # target/<target triple>, so it does not replace what `make build` built.
    CARGO_ZIGBUILD_ZIG_PATH=$ZIG_TOOLS/zig "$ZIG_TOOLS/cargo-zigbuild" zigbuild \
        --release ${CI:+--locked} -p server --no-default-features --target "$target" 2>&1 | tee "$log"
    # `make test` does not lint this set of features, so reject warnings here. cargo repeats the warnings of crates
    # that are already built.
    if grep -E '^warning: `(domain|backend|app|server)`' "$log"; then
        die "the server without its default features has warnings; see above."
    fi
}

collect_content() {
    rm -rf "$content"
    mkdir -p "$content"
    cp -R deploy/bundle/. "$content"
    # Leptos expects hash.txt beside the executable.
    cp "target/$target/release/server" target/release/hash.txt LICENSE LICENSE-APACHE LICENSE-MIT "$content"
    cp -R target/site "$content/site"
}

pack() {
    build_server
    collect_content
    python3 scripts/pack.py "$content" "$bundle"
}

say "Building the server for $target"
locked target/bundle/.lock pack
