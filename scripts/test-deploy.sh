#!/usr/bin/env bash
# Every check of what is deployed, or only some: test-deploy.sh [lint|aws|bundle|e2e]...
# Goes on after a failure, names all that failed at the end, and exits 1 then.
source "$(dirname "$0")/lib.sh"

parts=${*:-lint aws bundle e2e}
logs=target/test-deploy-logs
source "$(dirname "$0")/steps.sh"

bundle=$(bundle_file)

# What starts and asks the bundle: nginx, DynamoDB Local, Node and what it tests with.
prepare() {
    scripts/setup.sh java node nginx
    NGINX_PROGRAM=$(find_nginx)
    export NGINX_PROGRAM
    [ -f "$bundle" ] || step "Bundle" scripts/bundle.sh
}

shell_scripts() {
    # lib.sh and steps.sh are looked at with each script that reads them.
    find scripts .ci -name run -o -name '*.sh' ! -name lib.sh ! -name steps.sh
}

for part in $parts; do
    case $part in
        lint)
            scripts/setup.sh lint
            step "Lint of the Dockerfile" "$LINT_TOOLS/hadolint" Dockerfile
            scripts/setup.sh node
            step "Figures of docs/cost.md" node scripts/cost.mjs --check
            # shellcheck disable=SC2046
            step "Lint of the scripts" "$LINT_TOOLS/shellcheck" --severity=warning $(shell_scripts)
            ;;
        aws)
            scripts/setup.sh deploy build
            # The application that plays against the templates' tables.
            step "Build" scripts/build.sh
            step "Templates and policy" "$DEPLOY_TOOLS/bin/python" -m pytest -n 2 deploy/tests
            ;;
        bundle)
            step "Bundle" scripts/bundle.sh
            prepare
            export BUNDLE=$ROOT/$bundle
            step "The bundle starts anywhere" node --test --test-reporter=tap deploy/local/bundle.test.mjs
            ;;
        e2e)
            prepare
            scripts/setup.sh chromium
            CHROMIUM=$(find_chromium)
            export CHROMIUM
            # Without the part "bundle" it is whatever was built last.
            say "Testing $bundle, built $(date -r "$bundle" '+%Y-%m-%d %H:%M:%S')"
            # ARGS: such as "-g draw".
            # shellcheck disable=SC2086
            step "End-to-end tests behind nginx" node deploy/local/e2e.mjs "$bundle" ${ARGS:-}
            ;;
        *) die "test-deploy.sh knows no part \"$part\"." ;;
    esac
done

summary
