#!/usr/bin/env bash
# Removes a deployment from AWS, and then looks for leftovers: down.sh [--yes] [--lift-deletion-protection]
# It asks first; --yes or YES=1 skips the question. It is safe to run again. NAME and REGION select the deployment, as for
# up.sh. The games are deleted with the tables; to keep them, make a backup first (docs/operations.md).
source "$(dirname "$0")/lib.sh"

lift=
for argument in "$@"; do
    case $argument in
        --yes) YES=1 ;;
        --lift-deletion-protection) lift=1 ;;
        *) unknown_argument "$argument" "the arguments are --yes and --lift-deletion-protection." ;;
    esac
done

# protected_tables: prints the tables of the stack with deletion protection.
protected_tables() {
    local table
    [ -n "$tables_status" ] || return 0
    for table in $TABLES; do
        if [ "$(aws dynamodb describe-table --table-name "$table" --query Table.DeletionProtectionEnabled \
            --output text 2>/dev/null)" = True ]; then printf '%s\n' "$table"; fi
    done
}

# log_groups: prints the log groups of the environment.
log_groups() {
    # The slash at the end excludes environments whose names merely begin alike.
    query logs describe-log-groups --log-group-name-prefix "/aws/elasticbeanstalk/$ENVIRONMENT/" \
        --query 'logGroups[].[logGroupName]'
}

# or_none STATUS DESCRIPTION: prints the description, or "none found" if the status is empty.
or_none() {
    if [ -n "$1" ]; then printf '%s' "${2:-}"; else printf 'none found'; fi
}

count() {
    printf '%s' "$1" | grep -c . || true
}

announce() {
    say "This permanently removes the deployment \"$NAME\" from account $ACCOUNT, region $REGION:"
    cat <<EOF
      application  $(or_none "$app_status" "the environment with its instances, versions, alarms, budget (stack $APP_STACK)")
      tables       $(or_none "$tables_status" "$(printf '%s' "$TABLES" | sed 's/ /, /g') WITH ALL GAMES AND ACCOUNTS (stack $TABLES_STACK)")
      permissions  $(or_none "$role_status" "the roles (stack $ROLE_STACK)")
      bundles      $(or_none "$bundles" "$(count "$bundles") under s3://$bucket/$BUNDLE_PREFIX")
      logs         $(or_none "$logs" "$(count "$logs") log groups of $ENVIRONMENT")
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

# down STACK STATUS DESCRIPTION DURATION
down() {
    if [ -z "$2" ]; then
        say "$3: none found (stack $1)"
        return
    fi
    say "$3: removing (stack $1), $4"
    remove_stack "$1"
    say "$3: removed"
}

# used_prefix: prints the prefix of the tables that the game used, which TABLE_PREFIX of up.sh may have set.
used_prefix() {
    [ -n "$role_status" ] || return 0
    query cloudformation describe-stacks --stack-name "$ROLE_STACK" \
        --query "Stacks[0].Parameters[?ParameterKey=='TablePrefix'].ParameterValue"
}

remove_bundles() {
    local key version
    if [ -z "$bundles" ]; then
        say "Bundles: none found"
        return
    fi
    while IFS=$'\t' read -r key version; do
        case $key in
            "$BUNDLE_PREFIX"*) ;;
            *) die "S3 listed \"$key\", which is not under $BUNDLE_PREFIX; nothing else in that bucket is removed." ;;
        esac
        aws s3api delete-object --bucket "$bucket" --key "$key" --version-id "$version" --expected-bucket-owner "$ACCOUNT" >/dev/null
        say "Bundles: removed s3://$bucket/$key"
    done <<<"$bundles"
}

remove_log_groups() {
    local group groups
    # List them again, because the environment may have created new ones while it terminated.
    groups=$(log_groups)
    if [ -z "$groups" ]; then
        say "Logs: none found"
        return
    fi
    while IFS= read -r group; do
        if try_aws logs delete-log-group --log-group-name "$group"; then
            say "Logs: removed $group"
            continue
        fi
        # Elastic Beanstalk also removes them, at a time of its own.
        case $aws_error in
            *ResourceNotFoundException*) say "Logs: $group is already removed" ;;
            *) die "the log group $group cannot be removed: $(error_message "$aws_error")" ;;
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
        die "nothing was removed, because deletion protection is on for $(printf '%s' "$protected" | tr '\n' ' '). To lift it and remove the tables with all games: make aws-down NAME=$NAME REGION=$REGION ARGS=--lift-deletion-protection"
    fi
    ask "Remove all of this?" || die "nothing was removed. Answer y, or run it with YES=1."
fi

down "$APP_STACK" "$app_status" Application "five to ten minutes"
if [ -n "$protected" ]; then lift_protection; fi
down "$TABLES_STACK" "$tables_status" Tables "about a minute"
down "$ROLE_STACK" "$role_status" Roles "about a minute"
remove_bundles
remove_log_groups
say "Backups of the tables are kept, in case you need them, and listed below"

if [ -n "$prefix" ] && [ "$prefix" != "$NAME-" ]; then
    say "The tables that the game used instead of its own are kept too; to remove them: target/release/server tables delete --database aws --table-prefix $prefix"
fi

exec deploy/aws/leftovers.sh
