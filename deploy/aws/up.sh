#!/usr/bin/env bash
# Deploys the application to AWS, or updates the deployment: up.sh [--yes]
# It asks first; --yes or YES=1 skips the question. Two variables select the deployment:
#   NAME    its name (tic-tac-toe)
#   REGION  its region (the AWS CLI's configured region)
# parameters.sh lists the other variables, such as ENVIRONMENT_TYPE.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/parameters.sh"

for argument in "$@"; do
    case $argument in
        --yes) YES=1 ;;
        *) unknown_argument "$argument" "the only argument is --yes; pass parameters as variables, such as make aws-up NAME=$NAME." ;;
    esac
done

# check_stack STACK STATUS: exits if the stack's status allows no deployment.
check_stack() {
    case $2 in
        REVIEW_IN_PROGRESS) ;;
        *_IN_PROGRESS)
            die "another operation on the stack $1 is running ($2): wait for its end (aws cloudformation describe-stacks --stack-name $1), then run this again."
            ;;
        ROLLBACK_FAILED | DELETE_FAILED)
            die "the stack $1 is only partly removed ($2): remove the rest with \"make aws-down NAME=$NAME REGION=$REGION\", then run this again."
            ;;
        UPDATE_ROLLBACK_FAILED)
            die "the last update of the stack $1 could not be rolled back ($2): run \"aws cloudformation continue-update-rollback --stack-name $1 --region $REGION\", then run this again."
            ;;
    esac
}

# unless_empty STATUS: prints the status, or nothing if a stack with that status is empty and will be created again.
unless_empty() {
    case $1 in
        ROLLBACK_COMPLETE | REVIEW_IN_PROGRESS) ;;
        *) printf '%s\n' "$1" ;;
    esac
}

# cost: prints the fixed cost: instances with their disks and public addresses. docs/cost.md has the calculation.
cost() {
    case ${ENVIRONMENT_TYPE:-SingleInstance},${INSTANCE_TYPE:-t3.micro},${MIN_INSTANCES:-2} in
        SingleInstance,t3.micro,*) echo "one t3.micro instance, roughly 12 USD a month in us-east-1" ;;
        LoadBalanced,t3.micro,2) echo "a load balancer and two t3.micro instances, roughly 60 USD a month in us-east-1" ;;
        SingleInstance,*) echo "one ${INSTANCE_TYPE} instance at its price" ;;
        *) echo "a load balancer and at least ${MIN_INSTANCES:-2} ${INSTANCE_TYPE:-t3.micro} instances at their price" ;;
    esac
}

announce() {
    if [ -n "$app_status" ]; then
        say "This updates the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    else
        say "This creates the deployment \"$NAME\" in account $ACCOUNT, region $REGION"
    fi
    cat <<EOF
      tables       ${TABLES// /, } (stack $TABLES_STACK)
      permissions  roles for the instances and for Elastic Beanstalk (stack $ROLE_STACK)
      application  an Elastic Beanstalk environment, ${ENVIRONMENT_TYPE:-SingleInstance} (stack $APP_STACK)
      bundle       s3://$(storage_bucket)/$BUNDLE_PREFIX
EOF
    # Show the parameters, because the shell may have inherited some.
    if [ -n "$given" ]; then printf '    Parameters:%s\n' "$given"; fi
    if [ "$TABLE_PREFIX" != "$NAME-" ]; then
        printf '    The game uses other tables than those of its stack: %s (TABLE_PREFIX). aws-down will not remove them.\n' "$(used_tables)"
    fi
    if [ -n "$replace_environment" ]; then
        cat <<EOF
    THE ENVIRONMENT WILL BE REPLACED, from $deployed_type to $ENVIRONMENT_TYPE, because Elastic Beanstalk cannot change its load
    balancer: the game is offline for ten to twenty minutes and then has another address. Tables, roles and bundle stay.
EOF
    fi
    cat <<EOF
    Cost: $(cost), until you remove it,
    plus the tables' requests or capacity units. A free tier or credits may cover it. See docs/cost.md.
EOF
    if [ -z "${ALERT_EMAIL:-}" ] && [ -z "$app_status" ]; then
        printf '    Without ALERT_EMAIL=you@example.com there are no alarms and no budget, so nothing warns you about the cost.\n'
    fi
}

find_bundle() {
    bundle=${BUNDLE:-$(bundle_file)}
    if [ -z "${BUNDLE:-}" ]; then
        scripts/bundle.sh
        [ -f "$bundle" ] || die "scripts/bundle.sh did not create $bundle."
    fi
    # The label is derived from the content: the same bundle changes nothing, and any other becomes a new version.
    local checksum
    if command -v sha256sum >/dev/null; then checksum=$(sha256sum <"$bundle"); else checksum=$(shasum -a 256 <"$bundle"); fi
    label=$(project_version)-$(printf '%s' "$checksum" | cut -c 1-12)
}

upload_bundle() {
    bucket=$(aws elasticbeanstalk create-storage-location --query S3Bucket --output text) ||
        die "Elastic Beanstalk provided no bucket for the bundle, for the reason above."
    key=$BUNDLE_PREFIX$label.zip
    if aws s3api head-object --bucket "$bucket" --key "$key" --expected-bucket-owner "$ACCOUNT" >/dev/null 2>&1; then
        say "The bundle is already in S3: s3://$bucket/$key"
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
        say "The first deployment of the stack $stack failed, so it is empty: removing it"
        remove_stack "$stack"
    fi
    if ! aws cloudformation deploy --stack-name "$stack" --template-file "$template" --no-fail-on-empty-changeset \
        --capabilities CAPABILITY_IAM --tags "Project=$NAME" --parameter-overrides "$@"; then
        failed_events "$stack" >&2
        if [ "$stack" = "$APP_STACK" ]; then environment_events >&2; fi
        die "the stack $stack was not deployed, for the reasons above: resolve them, then run this again (or remove everything: make aws-down NAME=$NAME REGION=$REGION)."
    fi
}

# environment_events: prints Elastic Beanstalk's own warnings, which are closer to the cause than CloudFormation's.
environment_events() {
    aws elasticbeanstalk describe-events --environment-name "$ENVIRONMENT" --severity WARN --max-records 10 \
        --no-paginate --output text --query 'Events[].[EventDate,Message]' 2>/dev/null | sed 's/^/  /' || true
}

deploy_tables() {
    local overrides=("TablePrefix=$NAME-")
    add_parameters "$TABLES_PARAMETERS"
    say "Tables (stack $TABLES_STACK), about a minute"
    deploy "$TABLES_STACK" deploy/tables.yaml "${overrides[@]}"
}

deploy_role() {
    local overrides=()
    add_parameters "$ROLE_PARAMETERS"
    say "Roles (stack $ROLE_STACK), about two minutes"
    deploy "$ROLE_STACK" deploy/role.yaml "${overrides[@]}"
}

deploy_application() {
    local profile service_role overrides
    profile=$(stack_output "$ROLE_STACK" InstanceProfile)
    service_role=$(stack_output "$ROLE_STACK" ServiceRole)
    overrides=("TablePrefix=$TABLE_PREFIX" "BundleBucket=$bucket" "BundleKey=$key"
        "InstanceProfile=$profile" "ServiceRole=$service_role")
    # Only for a new environment: a change of the platform would replace the environment, and with it the address.
    # Elastic Beanstalk's managed updates keep the platform current.
    if [ -n "$platform" ]; then overrides+=("SolutionStackName=$platform"); fi
    add_parameters "$APP_PARAMETERS"
    if [ -n "$replace_environment" ]; then remove_environment; fi
    say "Application $label (stack $APP_STACK), five to ten minutes"
    deploy "$APP_STACK" deploy/application.yaml "${overrides[@]}"
}

# remove_environment: removes the application's stack. After that, only this process knows its parameters.
remove_environment() {
    say "Application: removing the $deployed_type environment (stack $APP_STACK), five to ten minutes"
    say "If this run is interrupted, continue with the same parameters: make aws-up NAME=$NAME REGION=$REGION$(as_arguments "$APP_PARAMETERS")"
    remove_stack "$APP_STACK"
}

# find_platform: sets `platform` to the newest platform that runs a Procfile's program without a runtime of its own.
find_platform() {
    local newest
    platform=
    [ -z "$app_status" ] || [ -n "$replace_environment" ] || return 0
    newest=$(query elasticbeanstalk list-available-solution-stacks --query 'SolutionStacks[].[@]' |
        sed -n 's/^64bit Amazon Linux 2023 v\([0-9.]*\) running Go .*$/\1	&/p' |
        sort -t . -k 1,1n -k 2,2n -k 3,3n | tail -n 1)
    [ -n "$newest" ] || die "Elastic Beanstalk offers no platform \"64bit Amazon Linux 2023 … running Go\" in $REGION: use another region."
    platform=${newest#*	}
}

aws_begin
app_status=$(stack_status "$APP_STACK")
tables_status=$(stack_status "$TABLES_STACK")
role_status=$(stack_status "$ROLE_STACK")
check_stack "$TABLES_STACK" "$tables_status"
check_stack "$ROLE_STACK" "$role_status"
check_stack "$APP_STACK" "$app_status"
app_status=$(unless_empty "$app_status")
tables_status=$(unless_empty "$tables_status")
role_status=$(unless_empty "$role_status")

restore_all_parameters
deployed_type=$(parameter_value EnvironmentType "$deployed_app" || true)
replace_environment=
if [ -n "$app_status" ] && [ "$ENVIRONMENT_TYPE" != "$deployed_type" ]; then replace_environment=1; fi
check_parameters
announce
ask "Continue?" || die "nothing was created or changed. Answer y, or run it with YES=1."

find_platform
find_bundle
upload_bundle
deploy_tables
deploy_role
deploy_application

say "The game is at $(stack_output "$APP_STACK" Url)"
if [ -z "$app_status" ] || [ -n "$replace_environment" ]; then
    [ -z "${PUBLIC_URL:-}" ] ||
        say "Point the domain name in that address to $(stack_output "$APP_STACK" Endpoint)"
    deployed_email=
else
    deployed_email=$(parameter_value AlertEmail "$deployed_app" || true)
fi
if [ -n "${ALERT_EMAIL:-}" ] && [ "$ALERT_EMAIL" != "$deployed_email" ]; then
    say "AWS has sent a message to $ALERT_EMAIL: follow the link in it, or no alarm will arrive"
fi
say "Deploy a new version with the same command; remove everything with: make aws-down NAME=$NAME REGION=$REGION"
