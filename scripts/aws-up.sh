#!/usr/bin/env bash
# Puts the application on AWS, or a new version of it over the old one: aws-up.sh [--yes]
# It asks first; --yes or YES=1 answers. These variables say what is wanted; what isn't named stays as it was, the
# first time as the templates in deploy/ say:
#   NAME                the deployment's name (tic-tac-toe)
#   REGION              where; otherwise the AWS CLI's own region
#   ENVIRONMENT_TYPE    SingleInstance or LoadBalanced
#   INSTANCE_TYPE, MIN_INSTANCES, MAX_INSTANCES
#   CERTIFICATE_ARN     of a certificate in that region: HTTPS, with a load balancer
#   PUBLIC_URL          the address that players use, if it is another than Elastic Beanstalk's
#   ALERT_EMAIL         where alarms and the budget's warning go; without it there are none
#   MONTHLY_BUDGET      in USD
#   LOG_RETENTION_DAYS
#   BILLING, READ_UNITS, WRITE_UNITS, POINT_IN_TIME_RECOVERY, DELETION_PROTECTION   of the tables
#   BUNDLE              a bundle that has been built already
source "$(dirname "$0")/aws-lib.sh"

for argument in "$@"; do
    case $argument in
        --yes) YES=1 ;;
        *) unknown_argument "$argument" "it takes only --yes; what is wanted is said by variables, such as make aws-up NAME=$NAME." ;;
    esac
done

# given PARAMETER VARIABLE: adds the template's parameter to `parameters` if the variable is set, be it to nothing.
given() {
    if [ -n "${!2+set}" ]; then parameters+=("$1=${!2}"); fi
}

# What AWS would refuse only after minutes is refused here.
check_wishes() {
    case ${ENVIRONMENT_TYPE:-SingleInstance} in
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
    if [ -n "${CERTIFICATE_ARN:-}" ] && [ "$(environment_type)" != LoadBalanced ]; then
        die "CERTIFICATE_ARN needs a load balancer, which is what holds the certificate: add ENVIRONMENT_TYPE=LoadBalanced."
    fi
    if [ -n "${CERTIFICATE_ARN:-}" ] && [ -z "${PUBLIC_URL:-}" ]; then
        die "CERTIFICATE_ARN is for one name, which the server must know: add PUBLIC_URL=https://that.name"
    fi
    [ -z "${BUNDLE:-}" ] || [ -f "$BUNDLE" ] ||
        die "BUNDLE is \"$BUNDLE\", which is no file: leave it out to have one built."
}

# The type as named, or as the deployment has it, or as the template has it.
environment_type() {
    local type=${ENVIRONMENT_TYPE:-}
    if [ -z "$type" ] && [ -n "$app_status" ]; then
        type=$(query cloudformation describe-stacks --stack-name "$APP_STACK" \
            --query "Stacks[0].Parameters[?ParameterKey=='EnvironmentType'].ParameterValue")
    fi
    printf '%s\n' "${type:-SingleInstance}"
}

# check_stack STACK STATUS: stops where its state allows no deployment.
check_stack() {
    case $2 in
        *CLEANUP_IN_PROGRESS | REVIEW_IN_PROGRESS) ;;
        *_IN_PROGRESS)
            die "the stack $1 is being changed at this moment ($2): wait until that has ended (aws cloudformation describe-stacks --stack-name $1), then run this again."
            ;;
        ROLLBACK_FAILED | DELETE_FAILED)
            die "the stack $1 is half removed ($2): remove the rest with \"make aws-down NAME=$NAME REGION=$REGION\", then run this again."
            ;;
        UPDATE_ROLLBACK_FAILED)
            die "the stack $1 could not go back to what it was ($2): run \"aws cloudformation continue-update-rollback --stack-name $1 --region $REGION\", then run this again."
            ;;
    esac
}

announce() {
    local type cost
    type=$(environment_type)
    # t3.micro with its disk and public addresses in us-east-1; the reckoning is in docs/cost.md.
    case $type in
        LoadBalanced) cost="a load balancer and two t3.micro instances: roughly 60 USD a month" ;;
        *) cost="one t3.micro instance: roughly 12 USD a month" ;;
    esac
    if [ -n "$app_status" ]; then
        say "Updates the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    else
        say "Makes the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    fi
    cat <<EOF
      tables       $(printf '%s' "$TABLES" | sed 's/ /, /g') (stack $TABLES_STACK)
      permissions  roles for the instances and for Elastic Beanstalk (stack $ROLE_STACK)
      application  an Elastic Beanstalk environment, $type (stack $APP_STACK)
      bundle       s3://$(storage_bucket)/$BUNDLE_PREFIX
    Cost: $cost in us-east-1 for as long as it is there,
    and the tables' requests by use. A free tier or credits may cover it. See docs/cost.md.
EOF
    if [ -z "${ALERT_EMAIL:-}" ] && [ -z "$app_status" ]; then
        printf '    Without ALERT_EMAIL=you@example.com there is no budget and no alarm: nobody tells you what it costs.\n'
    fi
}

find_bundle() {
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
    bundle=${BUNDLE:-target/bundle/tic-tac-toe-$version.zip}
    if [ -z "${BUNDLE:-}" ]; then
        scripts/bundle.sh
        [ -f "$bundle" ] || die "scripts/bundle.sh left no $bundle."
    fi
    # The name follows the content: an unchanged bundle changes nothing, any other becomes a new version.
    local checksum
    if command -v sha256sum >/dev/null; then checksum=$(sha256sum <"$bundle"); else checksum=$(shasum -a 256 <"$bundle"); fi
    label=$version-$(printf '%s' "$checksum" | cut -c 1-12)
}

upload_bundle() {
    bucket=$(aws elasticbeanstalk create-storage-location --query S3Bucket --output text) ||
        die "Elastic Beanstalk gave no bucket for the bundle, for the reason above."
    key=$BUNDLE_PREFIX$label.zip
    if aws s3api head-object --bucket "$bucket" --key "$key" --expected-bucket-owner "$ACCOUNT" >/dev/null 2>&1; then
        say "The bundle is there already: s3://$bucket/$key"
        return
    fi
    say "Uploading the bundle to s3://$bucket/$key"
    aws s3api put-object --bucket "$bucket" --key "$key" --body "$bundle" --expected-bucket-owner "$ACCOUNT" >/dev/null ||
        die "the bundle could not be uploaded, for the reason above."
}

# deploy STACK TEMPLATE PARAMETER=VALUE...
deploy() {
    local stack=$1 template=$2 status
    shift 2
    status=$(stack_status "$stack")
    if [ "$status" = ROLLBACK_COMPLETE ]; then
        say "The stack $stack failed when it was first made, and has been empty since: removing it"
        remove_stack "$stack"
    fi
    if ! aws cloudformation deploy --stack-name "$stack" --template-file "$template" --no-fail-on-empty-changeset \
        --capabilities CAPABILITY_IAM --tags "Project=$NAME" --parameter-overrides "$@"; then
        failed_events "$stack" >&2
        if [ "$stack" = "$APP_STACK" ]; then environment_events >&2; fi
        die "the stack $stack was not deployed, for the reasons above; once they are mended, run this again (or remove everything: make aws-down NAME=$NAME REGION=$REGION)."
    fi
}

# What Elastic Beanstalk itself says is closer to the cause than what CloudFormation makes of it.
environment_events() {
    local environment
    for environment in $(environment_names); do
        aws elasticbeanstalk describe-events --environment-name "$environment" --severity WARN --max-records 10 \
            --no-paginate --output text --query 'Events[].[EventDate,Message]' 2>/dev/null | sed 's/^/  /' || true
    done
}

deploy_tables() {
    local parameters=("TablePrefix=$NAME-")
    given Billing BILLING
    given ReadUnits READ_UNITS
    given WriteUnits WRITE_UNITS
    given PointInTimeRecovery POINT_IN_TIME_RECOVERY
    given DeletionProtection DELETION_PROTECTION
    say "Tables (stack $TABLES_STACK), a minute or so"
    deploy "$TABLES_STACK" deploy/tables.yaml "${parameters[@]}"
}

deploy_role() {
    say "Roles (stack $ROLE_STACK), two minutes or so"
    deploy "$ROLE_STACK" deploy/role.yaml "TablePrefix=$NAME-"
}

deploy_application() {
    local profile service_role parameters
    profile=$(stack_output "$ROLE_STACK" InstanceProfile)
    service_role=$(stack_output "$ROLE_STACK" ServiceRole)
    parameters=("TablePrefix=$NAME-" "BundleBucket=$bucket" "BundleKey=$key"
        "InstanceProfile=$profile" "ServiceRole=$service_role")
    # Only at first: another platform would mean another environment with another address. Elastic Beanstalk's
    # managed updates keep the platform of an environment current.
    if [ -n "$platform" ]; then parameters+=("SolutionStackName=$platform"); fi
    given EnvironmentType ENVIRONMENT_TYPE
    given InstanceType INSTANCE_TYPE
    given MinInstances MIN_INSTANCES
    given MaxInstances MAX_INSTANCES
    given CertificateArn CERTIFICATE_ARN
    given PublicUrl PUBLIC_URL
    given LogRetentionDays LOG_RETENTION_DAYS
    given AlertEmail ALERT_EMAIL
    given MonthlyBudget MONTHLY_BUDGET
    say "Application $label (stack $APP_STACK), five to ten minutes"
    deploy "$APP_STACK" deploy/application.yaml "${parameters[@]}"
}

# find_platform: the newest platform that starts a Procfile's program and brings nothing of its own.
find_platform() {
    local newest
    platform=
    [ -z "$app_status" ] || return 0
    newest=$(query elasticbeanstalk list-available-solution-stacks --query 'SolutionStacks[].[@]' |
        sed -n 's/^64bit Amazon Linux 2023 v\([0-9.]*\) running Go .*$/\1	&/p' |
        sort -t . -k 1,1n -k 2,2n -k 3,3n | tail -n 1)
    [ -n "$newest" ] || die "Elastic Beanstalk offers no platform \"64bit Amazon Linux 2023 … running Go\" in $REGION: take another region."
    platform=${newest#*	}
}

aws_begin
app_status=$(stack_status "$APP_STACK")
tables_status=$(stack_status "$TABLES_STACK")
role_status=$(stack_status "$ROLE_STACK")
check_stack "$TABLES_STACK" "$tables_status"
check_stack "$ROLE_STACK" "$role_status"
check_stack "$APP_STACK" "$app_status"
# A stack in these states holds nothing: it is made anew.
case $app_status in ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) app_status= ;; esac
check_wishes
announce
ask "Go on?" || die "nothing was made. Answer y, or run it with YES=1."

find_platform
find_bundle
upload_bundle
deploy_tables
deploy_role
deploy_application

address=${PUBLIC_URL:-$(stack_output "$APP_STACK" Url)}
say "The game is at $address"
if [ -n "${ALERT_EMAIL:-}" ]; then
    say "AWS has written to $ALERT_EMAIL: alarms arrive only after the link in that message was followed"
fi
say "Deploy a new version with the same command; remove everything with: make aws-down NAME=$NAME REGION=$REGION"
