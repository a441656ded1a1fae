#!/usr/bin/env bash
# Removes from AWS what aws-up.sh made, and then looks for what is left: aws-down.sh [--yes] [--lift-deletion-protection]
# It asks first; --yes or YES=1 answers. Running it again is safe: what is gone already is said to be.
# NAME and REGION say which deployment, as for aws-up.sh. The games are lost with the tables: to keep them, make a
# backup first (docs/operations.md).
source "$(dirname "$0")/aws-lib.sh"

lift=
for argument in "$@"; do
    case $argument in
        --yes) YES=1 ;;
        --lift-deletion-protection) lift=1 ;;
        *) unknown_argument "$argument" "it takes --yes and --lift-deletion-protection." ;;
    esac
done

# protected_tables: those of the stack that DynamoDB would refuse to delete.
protected_tables() {
    local table
    [ -n "$tables_status" ] || return 0
    for table in $TABLES; do
        if [ "$(aws dynamodb describe-table --table-name "$table" --query Table.DeletionProtectionEnabled \
            --output text 2>/dev/null)" = True ]; then printf '%s\n' "$table"; fi
    done
}

# log_groups: those of the environment.
log_groups() {
    # The slash at the end: not those of an environment whose name only begins like ours.
    query logs describe-log-groups --log-group-name-prefix "/aws/elasticbeanstalk/$ENVIRONMENT/" \
        --query 'logGroups[].[logGroupName]'
}

# exists STATUS: for the list.
exists() {
    if [ -n "$1" ]; then printf '%s' "${2:-}"; else printf 'nothing there'; fi
}

count() {
    printf '%s' "$1" | grep -c . || true
}

announce() {
    say "Removes the deployment \"$NAME\" from account $ACCOUNT, region $REGION, for good:"
    cat <<EOF
      application  $(exists "$app_status" "the environment with its instances, versions, alarms, budget (stack $APP_STACK)")
      tables       $(exists "$tables_status" "$(printf '%s' "$TABLES" | sed 's/ /, /g') WITH ALL GAMES AND ACCOUNTS (stack $TABLES_STACK)")
      permissions  $(exists "$role_status" "the roles (stack $ROLE_STACK)")
      bundles      $(exists "$bundles" "$(count "$bundles") under s3://$bucket/$BUNDLE_PREFIX")
      logs         $(exists "$logs" "$(count "$logs") log groups of $ENVIRONMENT")
EOF
}

lift_protection() {
    local table
    for table in $protected; do
        say "Lifting the deletion protection of $table"
        aws dynamodb update-table --table-name "$table" --no-deletion-protection-enabled >/dev/null
        aws dynamodb wait table-exists --table-name "$table"
    done
}

# down STACK STATUS WHAT HOW-LONG
down() {
    if [ -z "$2" ]; then
        say "$3: nothing there (stack $1)"
        return
    fi
    say "$3: removing (stack $1), $4"
    remove_stack "$1"
    say "$3: removed"
}

# It may have played on other tables than those of its stack (TABLE_PREFIX of aws-up.sh).
used_prefix() {
    [ -n "$role_status" ] || return 0
    query cloudformation describe-stacks --stack-name "$ROLE_STACK" \
        --query "Stacks[0].Parameters[?ParameterKey=='TablePrefix'].ParameterValue"
}

remove_bundles() {
    local key version
    if [ -z "$bundles" ]; then
        say "Bundles: nothing there"
        return
    fi
    while IFS=$'\t' read -r key version; do
        case $key in
            "$BUNDLE_PREFIX"*) ;;
            *) die "S3 listed \"$key\" under $BUNDLE_PREFIX; nothing else in that bucket is touched." ;;
        esac
        aws s3api delete-object --bucket "$bucket" --key "$key" --version-id "$version" --expected-bucket-owner "$ACCOUNT" >/dev/null
        say "Bundles: removed s3://$bucket/$key"
    done <<<"$bundles"
}

remove_log_groups() {
    local group groups
    # Asked for again: the environment may have written new ones while it ended.
    groups=$(log_groups)
    if [ -z "$groups" ]; then
        say "Logs: nothing there"
        return
    fi
    while IFS= read -r group; do
        if attempt logs delete-log-group --log-group-name "$group"; then
            say "Logs: removed $group"
            continue
        fi
        # Elastic Beanstalk removes them as well, when it comes to it.
        case $complaint in
            *ResourceNotFoundException*) say "Logs: $group is gone already" ;;
            *) die "the log group $group cannot be removed: $(reason "$complaint")" ;;
        esac
    done <<<"$groups"
}

aws_begin
app_status=$(stack_status "$APP_STACK")
tables_status=$(stack_status "$TABLES_STACK")
role_status=$(stack_status "$ROLE_STACK")
bucket=$(storage_bucket)
bundles=
if bucket_exists "$bucket"; then bundles=$(bundle_versions "$bucket"); fi
logs=$(log_groups)
protected=$(protected_tables)
prefix=$(used_prefix)

if [ -n "$app_status$tables_status$role_status$bundles$logs" ]; then
    announce
    if [ -n "$protected" ] && [ -z "$lift" ]; then
        die "nothing was removed: deletion protection is on for $(printf '%s' "$protected" | tr '\n' ' '). Lift it and remove them with all games: make aws-down NAME=$NAME REGION=$REGION ARGS=--lift-deletion-protection"
    fi
    ask "Remove all of this?" || die "nothing was removed. Answer y, or run it with YES=1."
fi

down "$APP_STACK" "$app_status" Application "five to ten minutes"
if [ -n "$protected" ]; then lift_protection; fi
down "$TABLES_STACK" "$tables_status" Tables "a minute or so"
down "$ROLE_STACK" "$role_status" Roles "a minute or so"
remove_bundles
remove_log_groups
say "Backups of the tables are not removed here, only listed: they may be what you want to keep"

if [ -n "$prefix" ] && [ "$prefix" != "$NAME-" ]; then
    say "Nor are the tables that it used instead of its own: target/release/server tables delete --database aws --table-prefix $prefix"
fi

exec scripts/aws-leftovers.sh
