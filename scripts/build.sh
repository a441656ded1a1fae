#!/usr/bin/env bash
# Builds what `make run` serves: target/release/server and target/site. `build.sh site` builds the site alone.
source "$(dirname "$0")/lib.sh"
scripts/setup.sh build

STAMP=target/site.stamp

digest() {
    if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

# fingerprint PATH...: prints a hash of the files there. It depends on their contents and not on their times, so that a
# fresh checkout or a change of branches and back does not count as a change.
fingerprint() {
    find "$@" -type f -print0 | LC_ALL=C sort -z |
        while IFS= read -r -d '' file; do printf '%s %s\n' "$file" "$(cksum <"$file")"; done |
        digest | cut -d ' ' -f 1
}

# The crates that the browser's part consists of, and everything else that the site is built from.
site_inputs() {
    printf '%s wasm-bindgen %s cargo-leptos %s wasm-opt %s\n' \
        "$(fingerprint domain app frontend style public Cargo.toml Cargo.lock rust-toolchain.toml)" \
        "$WASM_BINDGEN_VERSION" "$CARGO_LEPTOS_VERSION" "$WASM_OPT_VERSION"
}

# The stamp covers the output too: a plain `cargo leptos watch` or `cargo leptos build` overwrites it with its own.
site_outputs() {
    fingerprint target/site target/release/hash.txt
}

site_is_current() {
    [ -f "$STAMP" ] && [ -f target/release/hash.txt ] && [ -d target/site ] &&
        [ "$(cat "$STAMP")" = "$(site_inputs)$(site_outputs)" ]
}

build() {
    # CI uses Cargo.lock unchanged.
    local as_locked=${CI:+--cargo-locked}
    local only_site='' also_server=' and the server'
    if [ "${1:-}" = site ]; then
        only_site=--frontend-only
        also_server=
        if site_is_current; then return; fi
    fi
    if site_is_current; then
        # cargo itself skips an up-to-date server. cargo-leptos would repeat wasm-opt and the compression every time.
        say "The site is up to date; building the server if it is not"
        cargo leptos build --release $as_locked --server-only
        return
    fi
    say "Building the site${also_server} for release (the first build takes several minutes)"
    rm -f "$STAMP"
    local inputs
    inputs=$(site_inputs)
    cargo leptos build --release $as_locked $only_site --precompress
    printf '%s%s\n' "$inputs" "$(site_outputs)" >"$STAMP"
}

locked target/.build.lock build "$@"
