#!/usr/bin/env bash
# Mutation tests of the data model: run.sh [NAME]...
# Each NAME.patch in this directory removes one part of the data model and names the test that must then fail, as in
# "Test: PROGRAM TEST". PROGRAM is the test binary `integration` or the crate whose unit tests contain TEST.
# docs/data-model.md has a table of all patches. The script works in a copy of the source, target/mutants/source.
#
# run.sh check: checks that each patch applies, that its test exists and that the table has its row. Compiles nothing.
source "$(dirname "$0")/../../../scripts/lib.sh"

work=$ROOT/target/mutants
copy=$work/source
patches=server/tests/mutants

# test_of NAME: prints the program and the test, as in "integration store::games::a_full_board_is_a_draw::embedded".
test_of() {
    sed -n 's/^Test: //p' "$patches/$1.patch"
}

# apply DIRECTORY NAME ARG...: runs `git apply` in that directory. The ceiling keeps git from resolving the paths
# against the repository around the copy.
apply() {
    local directory=$1 patch=$ROOT/$patches/$2.patch
    shift 2
    (cd "$directory" && GIT_CEILING_DIRECTORIES=$work git apply "$@" "$patch")
}

# Copies the working tree, committed or not. The copies get new times, because cargo compares times: a build of patched
# source must never pass for a build of the original.
copy_source() {
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do
            # git also lists files whose deletion is not committed.
            if [ -e "$file" ]; then printf '%s\0' "$file"; fi
        done | tar --null -T - -cf - | tar -xmf - -C "$copy"
}

# complain NAME TEXT: reports a problem of that patch.
problems=0
complain() {
    printf 'Error: %s/%s.patch: %s\n' "$patches" "$1" "$2" >&2
    problems=$((problems + 1))
}

check() {
    local name program test short part
    for name in $names; do
        read -r program test <<<"$(test_of "$name")"
        if [ -z "$test" ]; then
            complain "$name" 'names no test; add a line "Test: PROGRAM TEST".'
            continue
        fi
        short=${test%::embedded}
        short=${short##*::}
        # The table names the module of an integration test, and the crate of a unit test.
        part=$program
        if [ "$program" = integration ]; then part=${test%%::*}; fi
        grep -qF "| \`$part\`: \`$short\` | \`$name\` |" docs/data-model.md ||
            complain "$name" "\"Mutants\" in docs/data-model.md has no row that ends with | \`$part\`: \`$short\` | \`$name\` |"
        grep -rqE "fn $short\(" domain backend app server --include='*.rs' ||
            complain "$name" "there is no test $short."
        apply "$ROOT" "$name" --check ||
            complain "$name" "does not apply; make the same change again and put its diff into the patch."
    done
    [ "$problems" = 0 ] || exit 1
}

# run_test NAME LOG: runs the patch's test, and no other, in the copy.
run_test() {
    local program test target
    read -r program test <<<"$(test_of "$1")"
    case $program in
        integration) target=(--test integration) ;;
        *) target=(--lib) ;;
    esac
    # Incremental, because each run recompiles the same few crates.
    (cd "$copy" && CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=1 \
        cargo test --release "${SERVER_CRATES[@]}" "${target[@]}" -- --exact "$test") >"$2" 2>&1 || true
}

# ended LOG NAME RESULT: succeeds if the patch's test ended with "ok" or "FAILED". A failed build has neither.
ended() {
    local test
    test=$(test_of "$2")
    grep -qE "^test ${test#* } \.\.\. $3\$" "$1"
}

names=${*:-}
only_check=
if [ "$names" = check ]; then
    only_check=1
    names=
fi
if [ -z "$names" ]; then
    names=$(cd "$patches" && for patch in *.patch; do printf '%s ' "${patch%.patch}"; done)
fi
for name in $names; do
    [ -f "$patches/$name.patch" ] || die "$patches has no $name.patch; docs/data-model.md lists the names under \"Mutants\"."
done

check
if [ -n "$only_check" ]; then
    say "All patches in $patches apply"
    exit 0
fi
scripts/setup.sh rust java
copy_source

say "Running the tests on the original source: they must pass"
for name in $names; do
    run_test "$name" "$work/$name.original.log"
    ended "$work/$name.original.log" "$name" ok ||
        die "$(test_of "$name") does not pass on the original source; see target/mutants/$name.original.log."
done

survivors=
table=$(printf '%-26s %-90s %s' MUTANT TEST RESULT)
for name in $names; do
    say "$(head -n 1 "$patches/$name.patch")"
    apply "$copy" "$name"
    run_test "$name" "$work/$name.log"
    apply "$copy" "$name" --reverse
    if ended "$work/$name.log" "$name" FAILED; then
        result="failed, as it must"
    elif ended "$work/$name.log" "$name" ok; then
        result="PASSED, but must fail"
        survivors="$survivors $name"
    else
        result="DID NOT RUN, see target/mutants/$name.log"
        survivors="$survivors $name"
    fi
    say "$result"
    table="$table
$(printf '%-26s %-90s %s' "$name" "$(test_of "$name")" "$result")"
done
printf '\n%s\n' "$table"
[ -z "$survivors" ] || die "no test failed as it must with:$survivors."
