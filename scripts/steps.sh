# Sourced by test.sh and test-deploy.sh, after lib.sh: runs one check after the other, goes on after a
# failure, and counts. `logs` names the folder for what they print.
# shellcheck shell=bash
rm -rf "${logs:?}"
mkdir -p "$logs"
failed=
uncounted=0

# step NAME COMMAND ARG...: runs it, shows and keeps what it prints.
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
        # A check that counts nothing itself counts as one.
        grep -qE '^test result: FAILED|^[= ]*[0-9]+ (failed|error)|[0-9]+ errors? in [0-9.]+s|^# fail [1-9]' "$log" ||
            uncounted=$((uncounted + 1))
    fi
}

# summary: names all that failed and adds the runners' own counts up: "test result: ok. 3 passed; 0 failed"
# of cargo, "  3 passed (2s)" of Playwright, "# pass 3" of Node, "=== 3 passed, 1 skipped in 2.0s ===" of pytest.
# Its status is 1 when something failed.
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
