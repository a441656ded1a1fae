#!/usr/bin/env bash
# Takes the parts of the data model away, one at a time, and demands that the test which guards each then fails:
# without.sh [NAME...]. Each NAME is scripts/without/NAME.patch, whose line "Test:" says which test of which program;
# docs/data-model.md has them as a table. All of it happens in a copy, with a target directory of its own.
#
# without.sh check: only whether the patches still fit the source and the table names them; compiles nothing.
source "$(dirname "$0")/lib.sh"

work=$ROOT/target/without
copy=$work/source
patches=$ROOT/scripts/without

# test_of NAME: the program and the test, as in "store games::a_full_board_is_a_tie::embedded".
test_of() {
    sed -n 's/^Test: //p' "$patches/$1.patch"
}

# apply NAME ARG...: in the copy. Git must not take it for a part of this repository, whose paths are others.
apply() {
    local patch=$patches/$1.patch
    shift
    (cd "$copy" && GIT_CEILING_DIRECTORIES=$work git apply "$@" "$patch")
}

# The source as it is, committed or not. Every file is new to cargo: a patched build must never pass for this one.
make_copy() {
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files -z --cached --others --exclude-standard |
        while IFS= read -r -d '' file; do
            # One that was deleted and not committed is still listed.
            if [ -e "$file" ]; then printf '%s\0' "$file"; fi
        done | tar --null -T - -cf - | tar -xmf - -C "$copy"
}

check() {
    local name program test short
    make_copy
    for name in $names; do
        read -r program test <<<"$(test_of "$name")"
        [ -n "$test" ] || die "scripts/without/$name.patch names no test: give it a line \"Test: PROGRAM TEST\"."
        short=${test%::embedded}
        short=${short##*::}
        grep -qF "| \`$program\`: \`$short\` | \`$name\` |" docs/data-model.md ||
            die "docs/data-model.md has no row for $name with the test $short of $program: bring \"What goes wrong without it\" and scripts/without/$name.patch into line."
        grep -rqE "fn $short\(" app/src server/tests || die "there is no test $short any more: correct scripts/without/$name.patch."
        apply "$name" --check ||
            die "scripts/without/$name.patch no longer fits the source: make the same change again and put its diff into the patch."
    done
}

# run_test NAME LOG: runs the test that NAME's patch names, and nothing else, in the copy.
run_test() {
    local program test target
    read -r program test <<<"$(test_of "$1")"
    case $program in
        app) target=--lib ;;
        *) target="--test $program" ;;
    esac
    # The same packages and features as `make test`; what people change often is compiled in parts.
    # shellcheck disable=SC2086
    (cd "$copy" && CARGO_TARGET_DIR=$work/target CARGO_INCREMENTAL=1 \
        cargo test --release --locked -p app -p server --features app/ssr $target -- --exact "$test") >"$2" 2>&1 || true
}

# ended LOG NAME WORD: whether that very test ended so, "ok" or "FAILED". A build that fails is neither.
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
    [ -f "$patches/$name.patch" ] || die "there is no scripts/without/$name.patch; the names are in docs/data-model.md, \"What goes wrong without it\"."
done

check
if [ -n "$only_check" ]; then
    say "The patches in scripts/without fit the source and docs/data-model.md"
    exit 0
fi
scripts/setup.sh rust java

say "With everything in place: the tests have to pass"
for name in $names; do
    run_test "$name" "$work/$name.with.log"
    ended "$work/$name.with.log" "$name" ok ||
        die "$(test_of "$name") does not pass as things are: see target/without/$name.with.log."
done

wrong=
table=$(printf '%-28s %-76s %s' WITHOUT TEST "")
for name in $names; do
    say "Without: $(head -n 1 "$patches/$name.patch")"
    apply "$name"
    run_test "$name" "$work/$name.log"
    apply "$name" --reverse
    if ended "$work/$name.log" "$name" FAILED; then
        result="failed, as it should"
    elif ended "$work/$name.log" "$name" ok; then
        result="PASSED, and should not"
        wrong="$wrong $name"
    else
        result="DID NOT RUN: target/without/$name.log"
        wrong="$wrong $name"
    fi
    say "$result"
    table="$table
$(printf '%-28s %-76s %s' "$name" "$(test_of "$name")" "$result")"
done
printf '\n%s\n' "$table"
[ -z "$wrong" ] || die "nothing failed as it should without:$wrong."
