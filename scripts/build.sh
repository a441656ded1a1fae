#!/usr/bin/env bash
# Builds what `make run` serves: target/release/server, and the site in target/site. `build.sh site`: only that.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build

STAMP=target/site.stamp

digest() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

# fingerprint PATH...: of the contents of all files there. By content and not by time, so that a
# fresh checkout or a branch and back does not count as a change.
fingerprint() {
    find "$@" -type f -print0 | LC_ALL=C sort -z |
        while IFS= read -r -d '' file; do printf '%s %s\n' "$file" "$(cksum <"$file")"; done |
        digest | cut -d ' ' -f 1
}

site_inputs() {
    printf '%s wasm-bindgen %s cargo-leptos %s wasm-opt %s\n' \
        "$(fingerprint app frontend style public Cargo.toml Cargo.lock rust-toolchain.toml)" \
        "$WASM_BINDGEN_VERSION" "$CARGO_LEPTOS_VERSION" "$WASM_OPT_VERSION"
}

# What was built is part of the stamp too: `cargo leptos watch` puts a development build in its place.
site_outputs() {
    fingerprint target/site target/release/hash.txt
}

site_is_current() {
    [ -f "$STAMP" ] && [ -f target/release/hash.txt ] && [ -d target/site ] &&
        [ "$(cat "$STAMP")" = "$(site_inputs)$(site_outputs)" ]
}

build() {
    # In CI the lock file is taken as it is.
    local as_locked=${CI:+--cargo-locked}
    local only_site='' also_server=' and the server'
    if [ "${1:-}" = site ]; then
        only_site=--frontend-only
        also_server=
        if site_is_current; then return; fi
    fi
    if site_is_current; then
        # cargo knows by itself whether the server is current; the site's steps (wasm-opt,
        # compression) would be repeated every time.
        say "The site is up to date; building the server where it is not"
        cargo leptos build --release $as_locked --server-only
        return
    fi
    say "Building the site${also_server} for release (the first time takes several minutes)"
    rm -f "$STAMP"
    local inputs
    inputs=$(site_inputs)
    cargo leptos build --release $as_locked $only_site --precompress
    printf '%s%s\n' "$inputs" "$(site_outputs)" >"$STAMP"
}

locked target/.build.lock build "$@"
