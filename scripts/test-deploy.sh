#!/usr/bin/env bash
# Runs all checks of the deployment or some of them: test-deploy.sh [lint|aws|bundle|e2e]...
# It continues after a failure, lists the failed checks at the end, and then exits with status 1.
source "$(dirname "$0")/lib.sh"

parts=${*:-lint aws bundle e2e}
logs=target/test-deploy-logs
source "$(dirname "$0")/steps.sh"

bundle=$(bundle_file)

# Installs everything that the tests of the bundle run on, and builds the bundle if there is none.
prepare() {
    scripts/setup.sh java node nginx
    NGINX_PROGRAM=$(find_nginx)
    export NGINX_PROGRAM
    [ -f "$bundle" ] || step "Bundle" scripts/bundle.sh
}

# Lists the scripts. ShellCheck reads the sourced files together with each script.
shell_scripts() {
    find scripts deploy server/tests/mutants -name '*.sh' ! -name lib.sh ! -name steps.sh ! -name parameters.sh
    echo .ci/run
}

for part in $parts; do
    case $part in
        lint)
            scripts/setup.sh lint
            step "Lints of the Dockerfile" "$LINT_TOOLS/hadolint" Dockerfile
            # shellcheck disable=SC2046
            step "Lints of the scripts" "$LINT_TOOLS/shellcheck" --severity=warning $(shell_scripts)
            ;;
        aws)
            scripts/setup.sh deploy build
            # These tests also run the server against the templates' tables.
            step "Build" scripts/build.sh
            step "Templates, policy and scripts" "$DEPLOY_TOOLS/bin/python" -m pytest -n 2 deploy/tests
            ;;
        bundle)
            step "Bundle" scripts/bundle.sh
            prepare
            export BUNDLE=$ROOT/$bundle
            step "Tests of the bundle" node --test --test-reporter=tap deploy/local/bundle.test.mjs
            ;;
        e2e)
            prepare
            scripts/setup.sh chromium
            CHROMIUM=$(find_chromium)
            export CHROMIUM
            # Without the part "bundle", this is an earlier build.
            say "Testing $bundle, built on $(date -r "$bundle" '+%Y-%m-%d %H:%M:%S')"
            # ARGS, such as "-g draw", may contain several arguments.
            # shellcheck disable=SC2086
            step "End-to-end tests behind nginx" node deploy/local/e2e.mjs "$bundle" ${ARGS:-}
            ;;
        *) die "test-deploy.sh has no part \"$part\"; see the list at the top of scripts/test-deploy.sh." ;;
    esac
done

summary
