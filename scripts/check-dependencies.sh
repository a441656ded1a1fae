#!/usr/bin/env bash
# What must not be compiled into the browser's part, and what must not be there at all.
source "$(dirname "$0")/lib.sh"
status=0

# The names of a tree's packages, one a line.
packages() {
    cargo tree ${CI:+--locked} --prefix none --format '{p}' "$@" | cut -d ' ' -f 1 | sort -u
}

browser=$(packages -p frontend --target wasm32-unknown-unknown -e normal,no-proc-macro)
# The server's own libraries: DynamoDB, databases, HTTP, password hashing.
if unwanted=$(printf '%s\n' "$browser" | grep -E '^(aws-.*|serde_dynamo|dynoxide.*|rusqlite|libsqlite3-sys|tokio.*|mio|hyper.*|axum.*|tower.*|leptos_axum|rustls.*|ring|argon2|moka|governor|utoipa.*|jiff|tracing-subscriber|metrics.*|mimalloc|server)$'); then
    printf 'The browser would get: %s\nSee it with: cargo tree -p frontend --target wasm32-unknown-unknown -e normal -i NAME\n' "$unwanted" >&2
    status=1
else
    printf 'The browser gets %s packages and none of the server'\''s\n' "$(printf '%s\n' "$browser" | wc -l | tr -d ' ')"
fi

# A second, C-built, cryptography library: the AWS SDK's default features bring it in. The lock file
# lists what any platform would get.
if grep -E '^name = "aws-lc-(rs|sys)"$' Cargo.lock; then
    echo 'aws-lc is back: some dependency on the AWS SDK has its default features. See: cargo tree -i aws-lc-sys' >&2
    status=1
else
    echo 'No aws-lc'
fi
exit "$status"
