# Sourced by test.sh and test-deploy.sh after lib.sh: runs checks one after another, continues after a failure, and
# counts. The variable `logs` names the directory for their output.
# shellcheck shell=bash
rm -rf "${logs:?}"
mkdir -p "$logs"
failed=
uncounted=0

# step NAME COMMAND ARG...: runs a check, shows its output and keeps it in a log.
step() {
    local name=$1 log began=$SECONDS
    shift
    log=$logs/$(printf '%s' "$name" | tr -c 'a-zA-Z0-9\n' '-').log
    say "$name"
    if "$@" 2>&1 | tee "$log"; then
        say "$name: ok, $((SECONDS - began)) s"
    else
        say "$name: FAILED, $((SECONDS - began)) s"
        failed="$failed
    $name"
        # A failed check without counts of its own counts as one failure.
        grep -qE '^test result: FAILED|^[= ]*[0-9]+ (failed|error)|[0-9]+ errors? in [0-9.]+s|^# fail [1-9]' "$log" ||
            uncounted=$((uncounted + 1))
    fi
}

# summary: names the failed checks, adds up the runners' counts, and fails if anything failed. The counts look like
# "test result: ok. 3 passed; 0 failed" (cargo), "  3 passed (2s)" (Playwright), "# pass 3" (Node) and
# "=== 3 passed, 1 skipped in 2.0s ===" (pytest).
summary() {
    if [ -n "$failed" ]; then
        say "Failed:$failed"
    fi
    cat "$logs"/*.log | awk -v failed="$uncounted" '
        /^test result:/ { passed += $4; failed += $6 }
        /^ +[0-9]+ passed/ { passed += $1 }
        /^ +[0-9]+ (failed|interrupted|did not run)/ { failed += $1 }
        /^# pass [0-9]+$/ { passed += $3 }
        /^# fail [0-9]+$/ { failed += $3 }
        /^(=+ )?[0-9]+ (passed|failed|errors?|skipped|deselected|warnings?|xfailed)[ ,].*in [0-9.]+s/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) passed += $(i - 1)
                if ($i ~ /^(failed|errors?),?$/) failed += $(i - 1)
            }
        }
        END { printf "%d passed, %d failed\n", passed, failed }'
    [ -z "$failed" ]
}
