# Sourced by aws-up.sh after aws-lib.sh: what its user asks of a deployment, how that is checked, and what an earlier run
# was asked. What isn't named stays as it was, the first time as the templates in deploy/ say:
#   ENVIRONMENT_TYPE    SingleInstance or LoadBalanced; changing it makes the environment anew, at another address
#   INSTANCE_TYPE, MIN_INSTANCES, MAX_INSTANCES
#   CERTIFICATE_ARN     of a certificate in REGION: HTTPS, with a load balancer
#   PUBLIC_URL          the address that players use, if it is another than Elastic Beanstalk's; with a certificate
#                       https:// and its name
#   ALERT_EMAIL         where alarms and the budget's warning go; without it there are none
#   MONTHLY_BUDGET      in USD
#   LOG_RETENTION_DAYS
#   TABLE_PREFIX        of the tables that the game uses, if they are others than its own: such as were restored from
#                       a backup (docs/operations.md). At first "NAME-"; the tables' own stack always has that
#   BILLING, READ_UNITS, WRITE_UNITS, POINT_IN_TIME_RECOVERY, DELETION_PROTECTION   of the tables
#   BUNDLE              a bundle that has been built already
# shellcheck shell=bash disable=SC2034,SC2154

# What can be wished for of each stack: the variable and the template's parameter.
TABLES_WISHES="BILLING=Billing READ_UNITS=ReadUnits WRITE_UNITS=WriteUnits
    POINT_IN_TIME_RECOVERY=PointInTimeRecovery DELETION_PROTECTION=DeletionProtection"
ROLE_WISHES="TABLE_PREFIX=TablePrefix"
APP_WISHES="ENVIRONMENT_TYPE=EnvironmentType INSTANCE_TYPE=InstanceType MIN_INSTANCES=MinInstances
    MAX_INSTANCES=MaxInstances CERTIFICATE_ARN=CertificateArn PUBLIC_URL=PublicUrl ALERT_EMAIL=AlertEmail
    MONTHLY_BUDGET=MonthlyBudget LOG_RETENTION_DAYS=LogRetentionDays"

# spelled_out WISHES: those whose variable is set, be it to nothing, as one would type them after "make aws-up".
spelled_out() {
    local wish variable
    for wish in $1; do
        variable=${wish%%=*}
        if [ -n "${!variable+set}" ]; then printf ' %s=%q' "$variable" "${!variable}"; fi
    done
}

# parameters_of STACK STATUS: name and value of each, a line each with a tab between; nothing where there is no status.
parameters_of() {
    [ -n "$2" ] || return 0
    query cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].Parameters[].[ParameterKey,ParameterValue]'
}

# value_of PARAMETER PARAMETERS: its value, or failure where they have no such parameter.
value_of() {
    printf '%s\n' "$2" | awk -F '\t' -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }'
}

# recall PARAMETERS WISHES: variables that are not set become what the stack has.
recall() {
    local wish variable value
    for wish in $2; do
        variable=${wish%%=*}
        if [ -z "${!variable+set}" ] && value=$(value_of "${wish#*=}" "$1"); then printf -v "$variable" '%s' "$value"; fi
    done
}

# recall_wishes: all that was not named becomes what the stacks have. `named` keeps what was, as one would type it;
# `app_was` keeps the parameters that the application's stack has.
recall_wishes() {
    local tables_were role_was
    tables_were=$(parameters_of "$TABLES_STACK" "$tables_status")
    role_was=$(parameters_of "$ROLE_STACK" "$role_status")
    app_was=$(parameters_of "$APP_STACK" "$app_status")
    named=$(spelled_out "$TABLES_WISHES $ROLE_WISHES $APP_WISHES")
    recall "$tables_were" "$TABLES_WISHES"
    recall "$role_was" "$ROLE_WISHES"
    recall "$app_was" "$APP_WISHES"
    TABLE_PREFIX=${TABLE_PREFIX-$NAME-}
}

# wish_for WISHES: adds to `parameters` those whose variable is set.
wish_for() {
    local wish variable
    for wish in $1; do
        variable=${wish%%=*}
        if [ -n "${!variable+set}" ]; then parameters+=("${wish#*=}=${!variable}"); fi
    done
}

# The same tables under another prefix: those that the deployment uses.
used_tables() {
    printf '%s\n' "${TABLES//$NAME-/$TABLE_PREFIX}"
}

# What AWS would refuse only after minutes is refused here.
check_wishes() {
    # The template leaves the processor at what Elastic Beanstalk takes by default.
    case ${ARCH:-x86_64} in
        x86_64) ;;
        *) die "ARCH is \"$ARCH\": the environment is made for x86_64; leave ARCH out." ;;
    esac
    case ${ENVIRONMENT_TYPE-SingleInstance} in
        SingleInstance | LoadBalanced) ;;
        *) die "ENVIRONMENT_TYPE is \"$ENVIRONMENT_TYPE\": take SingleInstance or LoadBalanced." ;;
    esac
    case ${PUBLIC_URL:-https://} in
        http*://?*/*) die "PUBLIC_URL is \"$PUBLIC_URL\": leave out what comes after the name, the slash too." ;;
        http://* | https://*) ;;
        *) die "PUBLIC_URL is \"$PUBLIC_URL\": it begins with https:// (or http://)." ;;
    esac
    case ${CERTIFICATE_ARN:-} in
        "" | arn:*:acm:"$REGION":*) ;;
        *) die "CERTIFICATE_ARN is \"$CERTIFICATE_ARN\": take the ARN of a certificate of AWS Certificate Manager in $REGION." ;;
    esac
    if [ -n "${CERTIFICATE_ARN:-}" ] && [ "${ENVIRONMENT_TYPE:-}" != LoadBalanced ]; then
        die "the certificate (CERTIFICATE_ARN=$CERTIFICATE_ARN) needs a load balancer, which is what holds it: add ENVIRONMENT_TYPE=LoadBalanced, or do without HTTPS by CERTIFICATE_ARN= PUBLIC_URL="
    fi
    case ${CERTIFICATE_ARN:+with},${PUBLIC_URL:-} in
        with,https://* | ,*) ;;
        *) die "the certificate (CERTIFICATE_ARN) is for one name, which the server must know: add PUBLIC_URL=https://that.name" ;;
    esac
    [[ $TABLE_PREFIX =~ ^[a-zA-Z0-9_.-]{0,200}$ ]] ||
        die "TABLE_PREFIX is \"$TABLE_PREFIX\": take at most 200 letters, digits, \"_\", \".\" and \"-\"."
    if [ "$TABLE_PREFIX" != "$NAME-" ]; then check_tables; fi
    [ -z "${BUNDLE:-}" ] || [ -f "$BUNDLE" ] ||
        die "BUNDLE is \"$BUNDLE\", which is no file: leave it out to have one built."
}

# check_tables: without one of them no server would start, and the one that runs would lose its own.
check_tables() {
    local table
    for table in $(used_tables); do
        attempt dynamodb describe-table --table-name "$table" ||
            die "TABLE_PREFIX is \"$TABLE_PREFIX\", but the table $table cannot be used ($(reason "$complaint")): restore or create it first, or name \"$NAME-\"."
    done
}
