# Sourced by up.sh after lib.sh: the parameters of a deployment. Each is a variable. A parameter that is not set keeps
# its value from the previous run, or has the default of the templates in deploy/:
#   ENVIRONMENT_TYPE    SingleInstance or LoadBalanced; changing it replaces the environment, and with it the address
#   INSTANCE_TYPE, MIN_INSTANCES, MAX_INSTANCES
#   CERTIFICATE_ARN     a certificate in REGION, for HTTPS; needs LoadBalanced and PUBLIC_URL
#   PUBLIC_URL          the players' address, if it is not Elastic Beanstalk's; with a certificate, https:// and the
#                       certificate's name
#   ALERT_EMAIL         the recipient of alarms and budget warnings; without it there are none
#   MONTHLY_BUDGET      in USD
#   LOG_RETENTION_DAYS
#   TABLE_PREFIX        the prefix of the tables that the game uses, "NAME-" by default; another one for tables that
#                       were restored from a backup (docs/operations.md). The tables' stack always has "NAME-"
#   BILLING, READ_UNITS, WRITE_UNITS, POINT_IN_TIME_RECOVERY, DELETION_PROTECTION   settings of the tables
#   BUNDLE              a bundle that is already built
# shellcheck shell=bash disable=SC2034,SC2154

# The parameters of each stack: VARIABLE=TemplateParameter.
TABLES_PARAMETERS="BILLING=Billing READ_UNITS=ReadUnits WRITE_UNITS=WriteUnits
    POINT_IN_TIME_RECOVERY=PointInTimeRecovery DELETION_PROTECTION=DeletionProtection"
ROLE_PARAMETERS="TABLE_PREFIX=TablePrefix"
APP_PARAMETERS="ENVIRONMENT_TYPE=EnvironmentType INSTANCE_TYPE=InstanceType MIN_INSTANCES=MinInstances
    MAX_INSTANCES=MaxInstances CERTIFICATE_ARN=CertificateArn PUBLIC_URL=PublicUrl ALERT_EMAIL=AlertEmail
    MONTHLY_BUDGET=MonthlyBudget LOG_RETENTION_DAYS=LogRetentionDays"

# as_arguments PARAMETERS: prints those that are set, possibly to the empty string, as arguments of "make aws-up".
as_arguments() {
    local parameter variable
    for parameter in $1; do
        variable=${parameter%%=*}
        if [ -n "${!variable+set}" ]; then printf ' %s=%q' "$variable" "${!variable}"; fi
    done
}

# stack_parameters STACK STATUS: prints the name and value of each parameter of the stack, separated by a tab. Prints
# nothing if the status is empty.
stack_parameters() {
    [ -n "$2" ] || return 0
    query cloudformation describe-stacks --stack-name "$1" --query 'Stacks[0].Parameters[].[ParameterKey,ParameterValue]'
}

# parameter_value NAME STACK_PARAMETERS: prints the value, or fails if there is no such parameter.
parameter_value() {
    printf '%s\n' "$2" | awk -F '\t' -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }'
}

# restore_parameters STACK_PARAMETERS PARAMETERS: sets each variable that is not set to the stack's value.
restore_parameters() {
    local parameter variable value
    for parameter in $2; do
        variable=${parameter%%=*}
        if [ -z "${!variable+set}" ] && value=$(parameter_value "${parameter#*=}" "$1"); then
            printf -v "$variable" '%s' "$value"
        fi
    done
}

# restore_all_parameters: restores the parameters of all stacks. Sets `given` to the parameters that were set before,
# as arguments of "make aws-up", and `deployed_app` to the parameters of the application's stack.
restore_all_parameters() {
    local deployed_tables deployed_role
    deployed_tables=$(stack_parameters "$TABLES_STACK" "$tables_status")
    deployed_role=$(stack_parameters "$ROLE_STACK" "$role_status")
    deployed_app=$(stack_parameters "$APP_STACK" "$app_status")
    given=$(as_arguments "$TABLES_PARAMETERS $ROLE_PARAMETERS $APP_PARAMETERS")
    restore_parameters "$deployed_tables" "$TABLES_PARAMETERS"
    restore_parameters "$deployed_role" "$ROLE_PARAMETERS"
    restore_parameters "$deployed_app" "$APP_PARAMETERS"
    TABLE_PREFIX=${TABLE_PREFIX-$NAME-}
}

# add_parameters PARAMETERS: appends those that are set to the array `overrides`, for the template.
add_parameters() {
    local parameter variable
    for parameter in $1; do
        variable=${parameter%%=*}
        if [ -n "${!variable+set}" ]; then overrides+=("${parameter#*=}=${!variable}"); fi
    done
}

# used_tables: prints the tables that the game uses, which differ from TABLES if TABLE_PREFIX does.
used_tables() {
    printf '%s\n' "${TABLES//$NAME-/$TABLE_PREFIX}"
}

# check_parameters: rejects at once values that AWS would reject only after minutes.
check_parameters() {
    # application.yaml leaves the processor at Elastic Beanstalk's default.
    case ${ARCH:-x86_64} in
        x86_64) ;;
        *) die "ARCH is \"$ARCH\", but the environment is for x86_64: leave ARCH out." ;;
    esac
    case ${ENVIRONMENT_TYPE-SingleInstance} in
        SingleInstance | LoadBalanced) ;;
        *) die "ENVIRONMENT_TYPE is \"$ENVIRONMENT_TYPE\": set it to SingleInstance or LoadBalanced." ;;
    esac
    case ${PUBLIC_URL:-https://} in
        http*://?*/*) die "PUBLIC_URL is \"$PUBLIC_URL\": leave out the path, including the slash." ;;
        http://* | https://*) ;;
        *) die "PUBLIC_URL is \"$PUBLIC_URL\": start it with https:// (or http://)." ;;
    esac
    case ${CERTIFICATE_ARN:-} in
        "" | arn:*:acm:"$REGION":*) ;;
        *) die "CERTIFICATE_ARN is \"$CERTIFICATE_ARN\": use the ARN of a certificate of AWS Certificate Manager in $REGION." ;;
    esac
    if [ -n "${CERTIFICATE_ARN:-}" ] && [ "${ENVIRONMENT_TYPE:-}" != LoadBalanced ]; then
        die "the certificate (CERTIFICATE_ARN=$CERTIFICATE_ARN) needs a load balancer: add ENVIRONMENT_TYPE=LoadBalanced, or give up HTTPS with CERTIFICATE_ARN= PUBLIC_URL="
    fi
    case ${CERTIFICATE_ARN:+with},${PUBLIC_URL:-} in
        with,https://* | ,*) ;;
        *) die "the server must know the name in the certificate (CERTIFICATE_ARN): add PUBLIC_URL=https://that.name" ;;
    esac
    [[ $TABLE_PREFIX =~ ^[a-zA-Z0-9_.-]{0,200}$ ]] ||
        die "TABLE_PREFIX is \"$TABLE_PREFIX\": use at most 200 letters, digits, \"_\", \".\" and \"-\"."
    if [ "$TABLE_PREFIX" != "$NAME-" ]; then check_tables; fi
    [ -z "${BUNDLE:-}" ] || [ -f "$BUNDLE" ] ||
        die "BUNDLE is \"$BUNDLE\", which is not a file: leave it out to build one."
}

# check_tables: if one of the used tables is missing, a new server does not start, and a running one loses its data.
check_tables() {
    local table
    for table in $(used_tables); do
        try_aws dynamodb describe-table --table-name "$table" ||
            die "TABLE_PREFIX is \"$TABLE_PREFIX\", but the table $table cannot be used ($(error_message "$aws_error")): restore or create it first, or set TABLE_PREFIX to \"$NAME-\"."
    done
}
