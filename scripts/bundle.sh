#!/usr/bin/env bash
# Builds what is deployed: target/bundle/tic-tac-toe-<version>.zip, for AWS Elastic Beanstalk or any
# other Linux. With ARCH=arm64, for Graviton: tic-tac-toe-<version>-arm64.zip.
source "$(dirname "$0")/lib.sh"

target=$(bundle_target)
content=target/bundle/content
log=target/bundle/build.log
bundle=$(bundle_file)

scripts/setup.sh bundle
scripts/build.sh site

build_server() {
    # Zig is the C compiler and the linker here, see docs/decisions/static-bundle.md. What is built lies in
    # target/<target triple>, beside what `make build` made and not in its place.
    CARGO_ZIGBUILD_ZIG_PATH=$ZIG_TOOLS/zig "$ZIG_TOOLS/cargo-zigbuild" zigbuild \
        --release ${CI:+--locked} -p server --no-default-features --target "$target" 2>&1 | tee "$log"
    # The lints of `make test` don't see this set of features. cargo repeats the warnings of what is built already.
    if grep -E '^warning: `(app|server)`' "$log"; then
        die "the server without its default features has warnings: see above."
    fi
}

lay_out() {
    rm -rf "$content"
    mkdir -p "$content"
    cp -R deploy/bundle/. "$content"
    # The list of hashes belongs beside the executable, where Leptos looks for it.
    cp "target/$target/release/server" target/release/hash.txt LICENSE LICENSE-APACHE LICENSE-MIT "$content"
    cp -R target/site "$content/site"
}

pack() {
    build_server
    lay_out
    python3 scripts/pack.py "$content" "$bundle"
}

say "Building the server for $target"
locked target/bundle/.lock pack
